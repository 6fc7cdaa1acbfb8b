import { randomBytes } from "node:crypto";
import { Decoder, encode } from "@msgpack/msgpack";
import { checkMessageShape } from "../../src/lab/bounded-message.js";
import type { IsolationBackend, JailSpec } from "../sandbox/jail.js";
import { JailSession, type WorkLimits, type WorkOutcome } from "./jail-session.js";
import type { CellOutput, Command, CompiledCell } from "./messages.js";

/** Read from the sandbox. `ok` and `outputs` are for display; only `reply` is ever judged, by its value. */
export interface ExecutorReport {
  readonly ok: boolean;
  readonly outputs: readonly CellOutput[];
  readonly reply: Uint8Array;
}

export type ExecutorOutcome = WorkOutcome<ExecutorReport>;

const maxOutputs = 10_000;
const frameDecoder = new Decoder({
  maxStrLength: 12 * 1024 * 1024,
  maxBinLength: 12 * 1024 * 1024,
  maxArrayLength: maxOutputs,
  maxMapLength: 100,
  maxExtLength: 0,
});

/** One sandbox with tslab's executor: the student's cells run in it, then it answers calls. */
export class Executor {
  readonly #session: JailSession<ExecutorReport>;

  constructor(backend: IsolationBackend, spec: JailSpec) {
    this.#session = new JailSession(backend.spawn(spec), readReport);
  }

  start(limits: WorkLimits): Promise<ExecutorOutcome> {
    return this.#session.request("ready", undefined, limits);
  }

  runCell(cell: CompiledCell, limits: WorkLimits): Promise<ExecutorOutcome> {
    return this.#send((id) => ["cell", id, cell], limits);
  }

  call(request: Uint8Array, limits: WorkLimits): Promise<ExecutorOutcome> {
    return this.#send((id) => ["call", id, request], limits);
  }

  get alive(): boolean {
    return this.#session.alive;
  }

  get spentMs(): number {
    return this.#session.spentMs;
  }

  /** What was written to the file descriptors 1 and 2, past the notebook's own streams. */
  takeRawOutput(): string {
    return this.#session.takeOutput();
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #send(command: (id: string) => Command, limits: WorkLimits): Promise<ExecutorOutcome> {
    const id = randomBytes(8).toString("hex");
    return this.#session.request(id, encode(command(id), { ignoreUndefined: true }), limits);
  }
}

/** Fails closed: whatever is not exactly a report ends the sandbox. */
function readReport(frame: Buffer): { id: string; report: ExecutorReport } {
  checkMessageShape(frame, { maxDepth: 8, maxParts: 20 * maxOutputs });
  const message: unknown = frameDecoder.decode(frame);
  if (!Array.isArray(message)) throw new TypeError("not a report");
  const nothing = { ok: false, outputs: [], reply: new Uint8Array(0) };
  if (message[0] === "ready") return { id: "ready", report: nothing };
  const id: unknown = message[1];
  if (typeof id !== "string") throw new TypeError("not a report");
  const outputs = readOutputs(message[3]);
  if (message[0] === "cell" && typeof message[2] === "boolean") {
    return { id, report: { ...nothing, ok: message[2], outputs } };
  }
  if (message[0] === "call" && message[2] instanceof Uint8Array) {
    return { id, report: { ok: true, outputs, reply: message[2] } };
  }
  throw new TypeError("not a report");
}

function readOutputs(value: unknown): readonly CellOutput[] {
  if (!Array.isArray(value)) throw new TypeError("not outputs");
  return value.map(readOutput);
}

function readOutput(value: unknown): CellOutput {
  if (typeof value !== "object" || value === null) throw new TypeError("not an output");
  const { type, name, text, data, id } = value as Record<string, unknown>;
  if (type === "stream" && (name === "stdout" || name === "stderr") && typeof text === "string") {
    return { type, name, text };
  }
  if (type === "display" && isTextRecord(data)) {
    return typeof id === "string" ? { type, data, id } : { type, data };
  }
  throw new TypeError("not an output");
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}
