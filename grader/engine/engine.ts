import type { LabLimits } from "../../src/lab/manifest.js";
import { chooseIsolation, type IsolationChoice } from "../sandbox/choose.js";
import type { IsolationBackend, JailSpec, Strength } from "../sandbox/jail.js";
import { jailLimits } from "../sandbox/limits.js";
import { sandboxView } from "../sandbox/view.js";
import { Compiler } from "./compiler.js";
import { CpuMeter } from "./cpu-meter.js";
import { type EvaluateProgram, LabEvaluator } from "./evaluator.js";
import { Executor } from "./executor.js";
import { NotebookSession, type SessionCell, type SessionLimits } from "./notebook-session.js";
import { programSpec } from "./toolchain.js";

export interface EngineOptions {
  readonly isolation: IsolationChoice;
  /** npm packages that cells may import, beside edgelab. */
  readonly packages: readonly string[];
  /** Subpaths of edgelab that cells may not import. */
  readonly withheld: readonly string[];
  readonly limits: LabLimits;
  /** Where the lab has an `evaluate.ts`. */
  readonly evaluate?: EvaluateProgram | undefined;
}

export interface SessionOptions {
  readonly keepOutputs?: boolean;
  readonly limits?: TimeLimits;
}

type TimeLimits = Pick<LabLimits, "cellCpuMs" | "callCpuMs">;

const mib = 1024 * 1024;
/** Type-checking tfjs takes 0.5 GB; the compiler's jail runs no student code. */
const compilerMemory = 2048 * mib;
const evaluatorMemory = 1024 * mib;
/** Far above: it is the watchdog that ends it, and says that memory was why. */
const evaluatorHeapMb = 2048;

/** The notebook engine of one lab: a warm compiler, a fresh sandbox for each notebook, and the lab's evaluator. */
export class Engine {
  readonly strength: Strength;
  /** Runs what students' functions return, where the lab has functions for that. */
  readonly evaluator: LabEvaluator | undefined;
  readonly #meter = new CpuMeter();
  readonly #compiler: Compiler;
  readonly #newExecutor: () => Executor;
  readonly #limits: Omit<SessionLimits, "keepOutputs">;

  private constructor(unmeasured: IsolationBackend, strength: Strength, options: EngineOptions) {
    this.strength = strength;
    const backend = this.#meter.over(unmeasured);
    this.#limits = sessionLimits(options.limits);
    const view = sandboxView(options).mounts;
    const compilerSpec = programSpec("compiler", view, jailLimits(compilerMemory), 1536);
    this.#compiler = new Compiler(backend, compilerSpec);
    const executorSpec = programSpec("executor", view, jailLimits(options.limits.memoryBytes), 256);
    this.#newExecutor = () => new Executor(backend, executorSpec);
    const { evaluate } = options;
    if (evaluate) this.evaluator = new LabEvaluator(backend, evaluatorSpec(evaluate), evaluate);
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const { backend, strength } = await chooseIsolation(options.isolation);
    return new Engine(backend, strength, options);
  }

  /** A notebook's session; `limits` of its own take the place of the lab's. */
  session(cells: readonly SessionCell[], options: SessionOptions = {}): NotebookSession {
    const { keepOutputs = false, limits } = options;
    const tools = { compiler: this.#compiler, newExecutor: this.#newExecutor };
    const chosen = limits ? sessionLimits(limits) : this.#limits;
    return new NotebookSession(cells, tools, { ...chosen, keepOutputs });
  }

  /** What all of its jails have taken of the processors. */
  get cpuMs(): number {
    return this.#meter.cpuMs;
  }

  async close(): Promise<void> {
    await Promise.all([this.#compiler.close(), this.evaluator?.close()]);
  }
}

/** All of edgelab, and nothing of a student's. */
function evaluatorSpec({ packages }: EvaluateProgram): JailSpec {
  const view = sandboxView({ packages, withheld: [] }).mounts;
  const limits = jailLimits(evaluatorMemory);
  const room = { ...limits, dataBytes: (evaluatorHeapMb + 512) * mib };
  return programSpec("evaluator", view, room, evaluatorHeapMb);
}

function sessionLimits(limits: TimeLimits): Omit<SessionLimits, "keepOutputs"> {
  // A sleeping answer is waited for three times as long as a working one may compute.
  const wall = (cpuMs: number) => ({ cpuMs, wallMs: 3 * cpuMs + 2_000 });
  return {
    start: { cpuMs: 20_000, wallMs: 60_000 },
    cell: wall(limits.cellCpuMs),
    call: wall(limits.callCpuMs),
    restarts: 20,
    totalMs: 120_000,
  };
}
