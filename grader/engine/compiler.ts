import { createHash, randomBytes } from "node:crypto";
import { decode, encode } from "@msgpack/msgpack";
import { CannotJudge } from "../../src/testing/run-question.js";
import type { IsolationBackend, JailSpec } from "../sandbox/jail.js";
import { JailSession, type WorkLimits, type WorkOutcome } from "./jail-session.js";
import type { CompiledCell } from "./messages.js";

const startLimits: WorkLimits = { cpuMs: 30_000, wallMs: 120_000 };
const cellLimits: WorkLimits = { cpuMs: 15_000, wallMs: 60_000 };
/** A converter grows with what it has seen. */
const notebooksAJail = 400;
const cachedCells = 500;

/**
 * The warm compiler: one jail with tslab's converter, for one notebook after the other. What a cell
 * compiles to depends on its text and on the declarations before it, so that is the cache's key: an
 * untouched cell costs nothing from the second student on.
 */
export class Compiler {
  readonly #backend: IsolationBackend;
  readonly #spec: JailSpec;
  readonly #cache = new Map<string, CompiledCell>();
  #session: JailSession<CompiledCell> | undefined;
  #notebooks = 0;
  #hasModule = false;
  #spentMs = 0;

  constructor(backend: IsolationBackend, spec: JailSpec) {
    this.#backend = backend;
    this.#spec = spec;
  }

  /**
   * To be called before each notebook, with all its cells. One with a module cell gets a jail of its own: a
   * module stays in the converter for good, and so does the converter's memory of not having found it.
   */
  async startNotebook(sources: readonly string[]): Promise<void> {
    const hadModule = this.#hasModule;
    this.#hasModule = sources.some((source) => /@module\b/.test(source));
    if (hadModule || this.#hasModule || ++this.#notebooks > notebooksAJail) await this.close();
    await this.#warm();
  }

  /** Time that compiling took since the beginning, without starting jails and waiting for a processor. */
  get spentMs(): number {
    return this.#spentMs;
  }

  /** @param previous the declarations of the cells that ran before, as the converter gave them. */
  async compile(previous: string, source: string): Promise<CompiledCell> {
    const key = createHash("sha256")
      .update(`${previous.length} `)
      .update(previous)
      .update(source)
      .digest("base64");
    // Beside a module cell, what a cell compiles to depends on more than the key.
    const cached = this.#hasModule ? undefined : this.#cache.get(key);
    if (cached) return cached;
    const outcome = await this.#retried(previous, source);
    if (outcome.kind === "ended") {
      if (outcome.starved) throw new CannotJudge("the machine was too busy to compile the notebook");
      if (outcome.end.kind === "exited") throw new CannotJudge("the compiler ended by itself, twice");
      return refused("The compiler used up its time or memory on this cell.");
    }
    if (!this.#hasModule) this.#remember(key, outcome.report);
    return outcome.report;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#notebooks = 0;
    await session?.close();
  }

  /** Once more in a fresh jail, if the first one ended over this cell: it may have been full of other cells. */
  async #retried(previous: string, source: string): Promise<WorkOutcome<CompiledCell>> {
    const first = await this.#try(previous, source);
    return first.kind === "ended" && !first.starved ? this.#try(previous, source) : first;
  }

  async #try(previous: string, source: string): Promise<WorkOutcome<CompiledCell>> {
    const session = await this.#warm();
    const before = session.spentMs;
    const id = randomBytes(8).toString("hex");
    const outcome = await session.request(id, encode([id, previous, source]), cellLimits);
    this.#spentMs += session.spentMs - before;
    if (outcome.kind === "ended") this.#session = undefined;
    return outcome;
  }

  async #warm(): Promise<JailSession<CompiledCell>> {
    if (this.#session?.alive) return this.#session;
    const session = new JailSession(this.#backend.spawn(this.#spec), readCompiled);
    const outcome = await session.request("ready", undefined, startLimits);
    if (outcome.kind === "ended") {
      throw new CannotJudge(`the compiler did not start: ${session.takeOutput().trim().slice(0, 500)}`);
    }
    this.#session = session;
    return session;
  }

  #remember(key: string, compiled: CompiledCell): void {
    if (this.#cache.size >= cachedCells) {
      const oldest = this.#cache.keys().next();
      if (!oldest.done) this.#cache.delete(oldest.value);
    }
    this.#cache.set(key, compiled);
  }
}

function refused(messageText: string): CompiledCell {
  return { diagnostics: [{ start: { line: 0, character: 0 }, messageText }], meta: {} };
}

/** The compiler's jail runs our own program only, but a reply is read as strictly as any. */
function readCompiled(frame: Buffer): { id: string; report: CompiledCell } {
  const message: unknown = decode(frame);
  if (!Array.isArray(message) || typeof message[0] !== "string")
    throw new TypeError("not a compiler's frame");
  if (message[0] === "ready") return { id: "ready", report: refused("") };
  const cell: unknown = message[1];
  if (typeof cell !== "object" || cell === null || !("diagnostics" in cell) || !("meta" in cell)) {
    throw new TypeError("not a compiled cell");
  }
  return { id: message[0], report: cell as CompiledCell };
}
