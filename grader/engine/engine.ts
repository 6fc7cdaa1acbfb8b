import type { LabLimits } from "../../src/lab/manifest.js";
import { chooseIsolation, type IsolationChoice } from "../sandbox/choose.js";
import type { IsolationBackend, Strength } from "../sandbox/jail.js";
import { jailLimits } from "../sandbox/limits.js";
import { sandboxView } from "../sandbox/view.js";
import { Compiler } from "./compiler.js";
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
}

export interface SessionOptions {
  readonly keepOutputs?: boolean;
  readonly limits?: TimeLimits;
}

type TimeLimits = Pick<LabLimits, "cellCpuMs" | "callCpuMs">;

const mib = 1024 * 1024;
/** Type-checking tfjs takes 0.5 GB; the compiler's jail runs no student code. */
const compilerMemory = 2048 * mib;

/** The notebook engine of one lab: a warm compiler, and a fresh sandbox for each notebook. */
export class Engine {
  readonly strength: Strength;
  readonly #compiler: Compiler;
  readonly #newExecutor: () => Executor;
  readonly #limits: Omit<SessionLimits, "keepOutputs">;

  private constructor(backend: IsolationBackend, strength: Strength, options: EngineOptions) {
    this.strength = strength;
    this.#limits = sessionLimits(options.limits);
    const view = sandboxView(options).mounts;
    const compilerSpec = programSpec("compiler", view, jailLimits(compilerMemory), 1536);
    this.#compiler = new Compiler(backend, compilerSpec);
    const executorSpec = programSpec("executor", view, jailLimits(options.limits.memoryBytes), 256);
    this.#newExecutor = () => new Executor(backend, executorSpec);
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

  close(): Promise<void> {
    return this.#compiler.close();
  }
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
