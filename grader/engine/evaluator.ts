import { randomBytes } from "node:crypto";
import { Decoder, encode as encodeMessage } from "@msgpack/msgpack";
import { LabError } from "../../src/core/errors.js";
import { checkMessageShape } from "../../src/lab/bounded-message.js";
import { printable } from "../../src/lab/printable.js";
import { decode, encode, maxMessageBytes } from "../../src/lab/wire.js";
import type { Evaluator } from "../../src/testing/question.js";
import { ArtifactRefused, CannotJudge } from "../../src/testing/run-question.js";
import type { IsolationBackend, JailSpec, KillReason } from "../sandbox/jail.js";
import { JailSession, type WorkLimits, type WorkOutcome } from "./jail-session.js";
import type { EvaluatorCommand, EvaluatorReply } from "./messages.js";

/** A lab's `evaluate.ts`, bundled. */
export interface EvaluateProgram {
  readonly code: string;
  /** npm packages that it needs. */
  readonly packages: readonly string[];
  /** What one call may take of a processor. */
  readonly callCpuMs?: number;
}

const startLimits: WorkLimits = { cpuMs: 30_000, wallMs: 120_000 };
const defaultCallCpuMs = 10_000;
const maxMessage = 300;

/** What the evaluator's jail sent: why it could not start, or a reply. */
interface Sent {
  readonly problem: string;
  readonly reply: Uint8Array;
}

/**
 * A lab's own functions over what students' functions returned, in a jail that holds none of the students' code.
 * It starts with the first call and serves all notebooks.
 */
export class LabEvaluator implements Evaluator {
  readonly #backend: IsolationBackend;
  readonly #spec: JailSpec;
  readonly #code: string;
  readonly #limits: WorkLimits;
  #session: JailSession<Sent> | undefined;
  /** One call at a time: a forgotten await changes nothing. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    backend: IsolationBackend,
    spec: JailSpec,
    { code, callCpuMs = defaultCallCpuMs }: EvaluateProgram,
  ) {
    this.#backend = backend;
    this.#spec = spec;
    this.#code = code;
    this.#limits = { cpuMs: callCpuMs, wallMs: 3 * callCpuMs + 2_000 };
  }

  /**
   * @throws ArtifactRefused where `evaluate.ts` throws a LabError, or a limit is hit; CannotJudge for whatever else
   * there is no value.
   */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    const answer = this.#last.then(() => this.#call(name, requestOf(name, args)));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  async #call(name: string, request: Uint8Array): Promise<unknown> {
    const wasWarm = this.#session?.alive === true;
    let outcome = await this.#try(request);
    // Earlier calls may have filled its memory, and add to its output: nobody pays for another's artifact.
    if (outcome.kind === "ended" && wasWarm && !isOutOfTime(outcome)) outcome = await this.#try(request);
    if (outcome.kind === "ended") throw this.#failure(name, outcome);
    return resultOf(outcome.report.reply);
  }

  #failure(name: string, { end, starved }: Ended): ArtifactRefused | CannotJudge {
    if (starved) return new CannotJudge("the machine was too busy: the evaluator got no processor time");
    const overLimit: Partial<Record<KillReason, string>> = {
      memory: "more memory than allowed",
      output: "output without end",
      "cpu-time": `more than ${this.#limits.cpuMs / 1000} s of processor time`,
    };
    const excess = end.kind === "killed" ? overLimit[end.reason] : undefined;
    if (excess !== undefined)
      return new ArtifactRefused(`stopped: ${name} took ${excess} over what came back`);
    const how = end.kind === "killed" ? `stopped: ${end.reason}` : "it ended by itself";
    return new CannotJudge(`${name} of evaluate.ts gave no answer (${how})`);
  }

  async #try(request: Uint8Array): Promise<WorkOutcome<Sent>> {
    const session = await this.#warm();
    const id = randomBytes(8).toString("hex");
    const outcome = await session.request(id, messageOf(["call", id, request]), this.#limits);
    if (outcome.kind === "ended") this.#session = undefined;
    return outcome;
  }

  async #warm(): Promise<JailSession<Sent>> {
    if (this.#session?.alive) return this.#session;
    const session = new JailSession(this.#backend.spawn(this.#spec), readSent);
    const outcome = await session.request("ready", messageOf(["load", this.#code]), startLimits);
    const problem = outcome.kind === "ended" ? session.takeOutput().trim() : outcome.report.problem;
    if (outcome.kind === "ended" || problem !== "") {
      await session.close();
      throw new CannotJudge(`evaluate.ts did not start: ${printable(problem, maxMessage)}`);
    }
    this.#session = session;
    return session;
  }
}

function messageOf(command: EvaluatorCommand): Uint8Array {
  return encodeMessage(command);
}

/** What does not fit is large because of what the student returned; what is no plain data is the test's own. */
function requestOf(name: string, args: readonly unknown[]): Uint8Array {
  try {
    return encode([name, args]);
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== "TOO_MUCH_DATA") throw error;
    throw new ArtifactRefused(error.message, { cause: error });
  }
}

function resultOf(bytes: Uint8Array): unknown {
  const reply = decode(bytes) as EvaluatorReply;
  if (reply[0] === "value") return reply[1];
  const message = printable(reply[1], maxMessage);
  throw reply[0] === "refused" ? new ArtifactRefused(message) : new CannotJudge(message);
}

type Ended = Extract<WorkOutcome<Sent>, { readonly kind: "ended" }>;

function isOutOfTime({ end }: Ended): boolean {
  return end.kind === "killed" && (end.reason === "cpu-time" || end.reason === "wall-time");
}

const frameDecoder = new Decoder({
  maxStrLength: 100_000,
  maxBinLength: maxMessageBytes,
  maxArrayLength: 3,
  maxMapLength: 0,
  maxExtLength: 0,
});

/** Only our own and the course's code runs there, but a report is read as strictly as any. */
function readSent(frame: Buffer): { id: string; report: Sent } {
  checkMessageShape(frame, { maxDepth: 2, maxParts: 8 });
  const message: unknown = frameDecoder.decode(frame);
  if (!Array.isArray(message)) throw new TypeError("not an evaluator's report");
  const [kind, first, reply] = message as unknown[];
  if (kind === "ready" && typeof first === "string")
    return { id: "ready", report: { problem: first, reply: new Uint8Array(0) } };
  if (kind === "call" && typeof first === "string" && reply instanceof Uint8Array)
    return { id: first, report: { problem: "", reply } };
  throw new TypeError("not an evaluator's report");
}
