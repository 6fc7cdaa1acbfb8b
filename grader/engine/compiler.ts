import { createHash, randomBytes } from "node:crypto";
import { decode, encode } from "@msgpack/msgpack";
import { CannotJudge } from "../../src/testing/run-question.js";
import type { IsolationBackend, JailSpec } from "../sandbox/jail.js";
import { JailSession, type WorkLimits } from "./jail-session.js";
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

  constructor(backend: IsolationBackend, spec: JailSpec) {
    this.#backend = backend;
    this.#spec = spec;
  }

  /** To be called before each notebook. */
  async startNotebook(): Promise<void> {
    if (++this.#notebooks > notebooksAJail) await this.close();
    await this.#warm();
  }

  /** @param previous the declarations of the cells that ran before, as the converter gave them. */
  async compile(previous: string, source: string): Promise<CompiledCell> {
    const key = createHash("sha256")
      .update(`${previous.length} `)
      .update(previous)
      .update(source)
      .digest("base64");
    const cached = this.#cache.get(key);
    if (cached) return cached;
    const compiled = (await this.#try(previous, source)) ?? (await this.#try(previous, source));
    if (!compiled) return refused("The compiler used up its time or memory on this cell.");
    // A module cell stays in the converter for good: neither it nor what follows may be shared.
    if (compiled.meta.module) this.#notebooks = notebooksAJail;
    else if (this.#notebooks < notebooksAJail) this.#remember(key, compiled);
    return compiled;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#notebooks = 0;
    await session?.close();
  }

  /** Undefined when the jail ended over this cell; the next try has a fresh one. */
  async #try(previous: string, source: string): Promise<CompiledCell | undefined> {
    const session = await this.#warm();
    const id = randomBytes(8).toString("hex");
    const outcome = await session.request(id, encode([id, previous, source]), cellLimits);
    if (outcome.kind === "report") return outcome.report;
    this.#session = undefined;
    if (outcome.starved) throw new CannotJudge("the machine was too busy to compile the notebook");
    return undefined;
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
