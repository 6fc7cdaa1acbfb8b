import type { QuestionInfo } from "../../../src/lab/cells.js";
import type { LabLimits } from "../../../src/lab/manifest.js";
import type { RunCell } from "../../../src/lab/restore/restore.js";
import { CannotJudge } from "../../../src/testing/run-question.js";
import { Engine } from "../../engine/engine.js";
import type { CellReport } from "../../engine/notebook-session.js";
import { type JudgedQuestion, QuestionJudge, type QuestionTests } from "../../judge/judge-question.js";
import type { MutantLibrary } from "../../judge/misconceptions.js";
import type { IsolationChoice } from "../../sandbox/choose.js";
import type { IsolationKind } from "../../sandbox/jail.js";
import type { Lab } from "../load-lab.js";
import type { LabTests } from "../load-tests.js";
import type { Subject } from "./check.js";

/** Thrown for what still waits when the work is ended early. */
export class Interrupted extends Error {}

export type TimeLimits = Pick<LabLimits, "cellCpuMs" | "callCpuMs">;

export interface JudgeRequest {
  readonly cells: readonly RunCell[];
  /** One session serves all of them. */
  readonly seeds: readonly string[];
  /** All of the lab's, if left out. */
  readonly question?: string;
  /** Ends with the first seed, and of that with the first kind of tests, that finds something wrong. */
  readonly untilFailure?: boolean;
  /** Names the misconceptions that an answer reproduces. */
  readonly library?: MutantLibrary;
  readonly limits?: TimeLimits;
}

export interface JudgedSeed {
  readonly seed: string;
  readonly questions: readonly JudgedQuestion[];
}

export interface JudgedCells {
  readonly reports: readonly CellReport[];
  readonly seeds: readonly JudgedSeed[];
}

const noLibrary: MutantLibrary = { of: async () => [] };

/** Runs and judges a lab's cells, with one engine (and so one compiler) for each processor that it may use. */
export class Judges {
  readonly #lab: Lab;
  readonly #tests: LabTests;
  readonly #engines: readonly Engine[];
  readonly #idle: Engine[];
  readonly #waiting: {
    readonly resolve: (engine: Engine) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  readonly #running = new Set<Promise<JudgedCells>>();

  private constructor(lab: Lab, tests: LabTests, engines: readonly Engine[]) {
    this.#lab = lab;
    this.#tests = tests;
    this.#engines = engines;
    this.#idle = [...engines];
  }

  static async open(
    { lab, tests, evaluate }: Pick<Subject, "lab" | "tests" | "evaluate">,
    { isolation, jobs }: { readonly isolation: IsolationChoice; readonly jobs: number },
  ): Promise<Judges> {
    const options = { isolation, ...lab.manifest, evaluate };
    const opening = Array.from({ length: jobs }, () => Engine.open(options));
    const opened = await Promise.allSettled(opening);
    const engines = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const failed = opened.find((each) => each.status === "rejected");
    if (failed === undefined) return new Judges(lab, tests, engines);
    await Promise.all(engines.map((engine) => engine.close()));
    throw failed.reason;
  }

  /** How well students' code is kept apart here. */
  get isolation(): IsolationKind {
    return this.#engines[0]?.strength.kind ?? "none";
  }

  /** Waits for an engine that is free. What can't be judged is tried once more. */
  async judge(request: JudgeRequest): Promise<JudgedCells> {
    const engine = await this.#take();
    const judging = this.#judge(engine, request).catch((error: unknown) => {
      if (!(error instanceof CannotJudge)) throw error;
      return this.#judge(engine, request);
    });
    this.#running.add(judging);
    try {
      return await judging;
    } finally {
      this.#running.delete(judging);
      this.#giveBack(engine);
    }
  }

  /** The processor time, in milliseconds, of a judgement by the first engine: of its jails and this process. */
  async measure(request: JudgeRequest): Promise<number> {
    const engine = this.#engines[0];
    if (!engine) throw new Error("there is no engine");
    const spentMs = (): number => {
      const { user, system } = process.cpuUsage();
      return engine.cpuMs + (user + system) / 1000;
    };
    const before = await settled(spentMs);
    await this.#judge(engine, request);
    return (await settled(spentMs)) - before;
  }

  /** Ends what waits, and lets what runs come to its end: a session without its compiler would start another one. */
  async close(): Promise<void> {
    this.#idle.length = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(new Interrupted());
    await Promise.allSettled(this.#running);
    await Promise.all(this.#engines.map((engine) => engine.close()));
  }

  async #judge(engine: Engine, request: JudgeRequest): Promise<JudgedCells> {
    const session = engine.session(request.cells, request.limits ? { limits: request.limits } : {});
    try {
      const reports = await session.start();
      const seeds: JudgedSeed[] = [];
      for (const seed of request.seeds) {
        const { evaluator } = engine;
        const questions = await this.#judgeSeed({ request, seed, session, reports, evaluator });
        seeds.push({ seed, questions });
        if (request.untilFailure && questions.some(hasFailure)) break;
      }
      return { reports, seeds };
    } finally {
      await session.close();
    }
  }

  async #judgeSeed({
    request,
    seed,
    session,
    reports,
    evaluator,
  }: SeedRun): Promise<readonly JudgedQuestion[]> {
    const { question: only, library = noLibrary } = request;
    const asked = this.#lab.source.questions.filter(({ id }) => only === undefined || id === only);
    const finish = (judge: QuestionJudge, { id }: QuestionInfo) =>
      judge.finish({ answer: "", cellError: errorOf(id, request.cells, reports) });
    const options = { seed, mutants: library, evaluator };
    const run = async (kinds: readonly ("public" | "hidden")[], tests: QuestionTests) => {
      const judges = asked.map(
        (question) => [question, new QuestionJudge(question, tests, session, options)] as const,
      );
      for (const kind of kinds) for (const [, judge] of judges) await judge.run(kind);
      return Promise.all(judges.map(([question, judge]) => finish(judge, question)));
    };
    if (!request.untilFailure) return run(["public", "hidden"], this.#tests);
    const afterPublic = await run(["public"], this.#tests);
    return afterPublic.some(hasFailure) ? afterPublic : run(["hidden"], this.#tests);
  }

  async #take(): Promise<Engine> {
    return this.#idle.pop() ?? new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #giveBack(engine: Engine): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(engine);
    else this.#idle.push(engine);
  }
}

/** The watchdog looks at a jail 20 times a second. */
async function settled(spentMs: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 120));
  return spentMs();
}

interface SeedRun {
  readonly request: JudgeRequest;
  readonly seed: string;
  readonly session: ReturnType<Engine["session"]>;
  readonly reports: readonly CellReport[];
  readonly evaluator: Engine["evaluator"];
}

export function hasFailure({ record }: JudgedQuestion): boolean {
  return record.tests.some(({ verdict }) => verdict === "fail");
}

function errorOf(question: string, cells: readonly RunCell[], reports: readonly CellReport[]): string {
  const own = cells.filter((cell) => cell.question === question);
  return (
    reports.find(({ id, status }) => status !== "ran" && own.some((cell) => cell.id === id))?.message ?? ""
  );
}
