import { StudentError } from "../../src/lab/student.js";
import { CannotJudge } from "../../src/testing/run-question.js";
import type { JailEnd, KillReason } from "../sandbox/jail.js";
import type { Compiler } from "./compiler.js";
import type { Executor, ExecutorOutcome } from "./executor.js";
import type { WorkLimits } from "./jail-session.js";
import type { CellOutput, CompiledCell } from "./messages.js";

export interface SessionCell {
  readonly id: string;
  readonly source: string;
}

export type CellStatus = "ran" | "type-error" | "threw" | "stopped" | "not-run";

export interface CellReport {
  readonly id: string;
  readonly status: CellStatus;
  /** Why the cell did not run to its end; empty when it did. */
  readonly message: string;
  readonly outputs: readonly CellOutput[];
}

export interface SessionLimits {
  readonly start: WorkLimits;
  readonly cell: WorkLimits;
  readonly call: WorkLimits;
  /** Fresh sandboxes after the first, for one submission. */
  readonly restarts: number;
  /** Whether reports hold what the cells wrote. Grading needs none of it, and it may be much. */
  readonly keepOutputs: boolean;
  /** Time for compiling and running the student's code, all cells and calls together. */
  readonly totalMs: number;
}

/** A function that had to be stopped this often is not asked again. */
const stopsAFunction = 2;
const pauseMs = 150;
const nothing: CompiledCell = { diagnostics: [], meta: {} };

/**
 * A student's notebook, running: its cells, then calls of its functions. A cell that takes its sandbox
 * down is left out, and the rest runs again in a fresh one; so does the whole notebook after a call did.
 */
export class NotebookSession {
  readonly #cells: readonly SessionCell[];
  readonly #compiler: Compiler;
  readonly #newExecutor: () => Executor;
  readonly #limits: SessionLimits;
  readonly #reports = new Map<string, CellReport>();
  readonly #leftOut = new Set<string>();
  readonly #stops = new Map<string, number>();
  readonly #printed = new Map<string, string>();
  #executor: Executor | undefined;
  #lastCall: Promise<unknown> = Promise.resolve();
  #sandboxes = 0;
  #compiledBeforeMs = 0;
  #closedMs = 0;

  constructor(
    cells: readonly SessionCell[],
    tools: { readonly compiler: Compiler; readonly newExecutor: () => Executor },
    limits: SessionLimits,
  ) {
    this.#cells = cells;
    this.#compiler = tools.compiler;
    this.#newExecutor = tools.newExecutor;
    this.#limits = limits;
  }

  /** Runs all cells, and reports on each. */
  async start(): Promise<readonly CellReport[]> {
    await this.#compiler.startNotebook(this.#cells.map(({ source }) => source));
    this.#compiledBeforeMs = this.#compiler.spentMs;
    await this.#boot();
    return this.#cells.map((cell) => this.#reports.get(cell.id) ?? notRun(cell.id));
  }

  /** One call of one function, on behalf of a question. The sandbox takes one at a time: others wait for it. */
  call(question: string, name: string, request: Uint8Array): Promise<Uint8Array> {
    const reply = this.#lastCall.then(() => this.#callNext(question, name, request));
    this.#lastCall = reply.catch(() => undefined);
    return reply;
  }

  async #callNext(question: string, name: string, request: Uint8Array): Promise<Uint8Array> {
    const stops = this.#stops.get(name) ?? 0;
    if (stops >= stopsAFunction) {
      throw new StudentError("stopped", `not run: ${name} had to be stopped ${stops} times before`);
    }
    if (!this.#executor?.alive) await this.#boot();
    const executor = this.#executor;
    if (!executor)
      throw new StudentError("stopped", "not run: the notebook used up its restarts or its time");
    const outcome = await executor.call(request, this.#limits.call);
    if (outcome.kind === "report") {
      this.#print(question, outcome.report.outputs);
      return outcome.report.reply;
    }
    if (outcome.starved) throw new CannotJudge("the machine was too busy: the call got no processor time");
    this.#stops.set(name, stops + 1);
    throw new StudentError("stopped", describeEnd(outcome.end, this.#limits.call));
  }

  /** What the student's code wrote while this question was judged. */
  printed(question: string): string {
    return this.#printed.get(question) ?? "";
  }

  async close(): Promise<void> {
    const executor = this.#executor;
    this.#executor = undefined;
    this.#closedMs += executor?.spentMs ?? 0;
    await executor?.close();
  }

  async #boot(): Promise<void> {
    do {
      await this.close();
      if (this.#sandboxes > this.#limits.restarts || this.#isSpent) return;
      this.#sandboxes++;
    } while (!(await this.#runAll()));
  }

  /**
   * False when a cell took the sandbox down. The first time nobody is blamed yet: a timer of an earlier cell may
   * have gone off. From then on there is a pause behind each cell, and whose pause it happens in is left out.
   */
  async #runAll(): Promise<boolean> {
    const executor = this.#newExecutor();
    this.#executor = executor;
    const started = await executor.start(this.#limits.start);
    if (started.kind === "ended") {
      throw new CannotJudge(`the sandbox did not start: ${executor.takeRawOutput().trim().slice(0, 500)}`);
    }
    let declarations = "";
    for (const cell of this.#cells) {
      if (this.#leftOut.has(cell.id) || this.#isSpent) continue;
      const compiled = await this.#compiler.compile(declarations, cell.source);
      const outcome = await this.#runCell(executor, compiled);
      if (outcome.kind === "ended") {
        if (outcome.starved)
          throw new CannotJudge(`the machine was too busy: cell ${cell.id} got no processor time`);
        if (this.#sandboxes > 1) this.#leaveOut(cell.id, describeEnd(outcome.end, this.#limits.cell));
        return false;
      }
      const { ok, outputs } = outcome.report;
      const report = reportOf(cell.id, compiled, ok, outputs);
      this.#reports.set(cell.id, this.#limits.keepOutputs ? report : { ...report, outputs: [] });
      if (ok && declares(compiled)) declarations = compiled.declOutput ?? "";
    }
    return true;
  }

  async #runCell(executor: Executor, compiled: CompiledCell): Promise<ExecutorOutcome> {
    const outcome = await executor.runCell(compiled, this.#limits.cell);
    if (outcome.kind === "ended" || this.#sandboxes === 1) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const pause = await executor.runCell(nothing, this.#limits.cell);
    return pause.kind === "ended" ? pause : outcome;
  }

  #leaveOut(id: string, message: string): void {
    this.#leftOut.add(id);
    this.#reports.set(id, { id, status: "stopped", message, outputs: [] });
  }

  get #isSpent(): boolean {
    const compilingMs = this.#compiler.spentMs - this.#compiledBeforeMs;
    return compilingMs + this.#closedMs + (this.#executor?.spentMs ?? 0) > this.#limits.totalMs;
  }

  #print(question: string, outputs: readonly CellOutput[]): void {
    const text = outputs.map((output) => (output.type === "stream" ? output.text : "")).join("");
    if (text === "") return;
    this.#printed.set(question, copied(`${this.printed(question)}${text}`.slice(0, 20_000)));
  }
}

/** Module and browser cells leave the declarations as they were, as in tslab's executor. */
function declares(cell: CompiledCell): boolean {
  return cell.meta.module === undefined && cell.meta.mode !== "browser";
}

function reportOf(
  id: string,
  compiled: CompiledCell,
  ok: boolean,
  outputs: readonly CellOutput[],
): CellReport {
  // tslab keeps a module cell whatever is wrong with it, and says so on stderr.
  if (compiled.diagnostics.length > 0 && declares(compiled)) {
    const first = compiled.diagnostics[0];
    const message = first ? `line ${first.start.line + 1}: ${first.messageText}` : "";
    return { id, status: "type-error", message, outputs };
  }
  if (ok) return { id, status: "ran", message: "", outputs };
  return { id, status: "threw", message: firstErrorLine(outputs), outputs };
}

function firstErrorLine(outputs: readonly CellOutput[]): string {
  const error = outputs.findLast((output) => output.type === "stream" && output.name === "stderr");
  const lines = error?.type === "stream" ? error.text.split("\n") : [];
  // Node prints where it happened first, and the error itself after that.
  const line =
    lines.find((text) => /^[\w.]*(Error|Exception)\b/.test(text)) ?? lines.find((text) => /\S/.test(text));
  return copied((line ?? "the cell threw").slice(0, 500));
}

/** A slice of a string keeps the whole of it in memory; a copy does not. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

function notRun(id: string): CellReport {
  return {
    id,
    status: "not-run",
    message: "the notebook used up its restarts or its time before",
    outputs: [],
  };
}

function describeEnd(end: JailEnd, limits: WorkLimits): string {
  if (end.kind === "exited") {
    return `the code ended the process (${end.signal ? `signal ${end.signal}` : `exit code ${end.code}`})`;
  }
  return killMessages(limits)[end.reason];
}

function killMessages(limits: WorkLimits): Record<KillReason, string> {
  return {
    memory: "stopped: the code used more memory than allowed",
    output: "stopped: the code wrote without end",
    "cpu-time": `stopped: more than ${limits.cpuMs / 1000} s of processor time`,
    "wall-time": `stopped: no answer within ${limits.wallMs / 1000} s`,
    protocol: "stopped: the code wrote to the grader's private pipe",
    done: "stopped: the notebook was closed",
  };
}
