import type { Report, Step } from "./messages.js";
import type { Plan } from "./plan.js";
import type { ValidatedQuestion } from "./validate.js";

/** What is known of each step; a cell that runs again is counted once. */
export class Results {
  readonly #plan: Plan;
  readonly #cells = new Map<string, Extract<Report, { type: "cell" }>>();
  readonly #tests = new Map<string, Pick<ValidatedQuestion, "outcomes" | "durationMs">>();
  readonly #leftOut = new Map<string, string>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get total(): number {
    return this.#plan.cells.length + this.#tested().length;
  }

  get done(): number {
    return this.#cells.size + this.#tests.size + this.#leftOut.size;
  }

  left(): { readonly cells: Plan["cells"]; readonly questions: readonly string[] } {
    return {
      cells: this.#plan.cells.filter(({ id }) => !this.#leftOut.has(`cell ${id}`)),
      questions: this.#tested().filter((id) => !this.#tests.has(id) && !this.#leftOut.has(`question ${id}`)),
    };
  }

  add(report: Report): void {
    if (report.type === "cell") this.#cells.set(report.id, report);
    if (report.type === "question") this.#tests.set(report.id, report);
  }

  leaveOut({ kind, id }: Step, why: string): void {
    if (kind === "cell") this.#cells.delete(id);
    this.#leftOut.set(`${kind} ${id}`, why);
  }

  notices(): readonly string[] {
    const { cells, notices, cellCpuMs = Number.POSITIVE_INFINITY } = this.#plan;
    const slow = [...this.#cells.values()].filter(({ cpuMs }) => cpuMs > cellCpuMs);
    const failed = cells.filter(({ id, role }) => role !== "answer" && this.#errorOf(id) !== "");
    return [
      ...notices,
      ...failed.map(({ id }) => `The cell ${id} did not run: ${this.#errorOf(id)}`),
      ...slow.map(
        ({ id, cpuMs }) =>
          `The cell ${id} took ${seconds(cpuMs)} of processor time; the grader stops it after ${seconds(cellCpuMs)}.`,
      ),
    ];
  }

  questions(): readonly ValidatedQuestion[] {
    return this.#plan.questions.map(({ id, title }) => {
      const { outcomes = [], durationMs = 0 } = this.#tests.get(id) ?? {};
      const answers = this.#plan.cells.filter(({ question }) => question === id);
      const cellError = answers.map((cell) => this.#errorOf(cell.id)).find((error) => error !== "");
      const stopped = this.#leftOut.get(`question ${id}`);
      return {
        id,
        title,
        outcomes,
        cellError: cellError ?? (stopped === undefined ? "" : `its public tests were stopped: ${stopped}`),
        durationMs,
      };
    });
  }

  #errorOf(id: string): string {
    return this.#leftOut.get(`cell ${id}`) ?? this.#cells.get(id)?.error ?? "";
  }

  #tested(): string[] {
    return this.#plan.questions.filter(({ hasPublicTests }) => hasPublicTests).map(({ id }) => id);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toPrecision(2)} s`;
}
