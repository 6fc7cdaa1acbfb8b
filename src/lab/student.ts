import { LabError } from "../core/errors.js";
import { type CallReply, type CallRequest, CallServer, type Refusal } from "./serve-call.js";
import { decode, encode, Handle } from "./wire.js";

/** A call that gave no value because of what the student's code did. */
export class StudentError extends Error {
  readonly why: Refusal | "malformed" | "stopped";

  constructor(why: StudentError["why"], message: string) {
    super(message);
    this.name = "StudentError";
    this.why = why;
  }
}

/** Sends a request and gives the reply; `name` is that of the function or method that it calls. */
export type Transport = (request: Uint8Array, name: string) => Promise<Uint8Array>;

/** The test's end of the calls: sends a request's bytes, and believes nothing of the reply but its value. */
export class StudentClient {
  readonly #send: Transport;
  /** One call at a time, as the notebook has one thread: a forgotten await changes nothing. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(send: Transport) {
    this.#send = send;
  }

  /** Calls a function of the notebook and gives back what it returned: plain data, unchecked. */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#request(["call", name, args]);
  }

  /** Calls a function whose result stays with the student; the handle can only be passed back. */
  hold(name: string, ...args: unknown[]): Promise<Handle> {
    return this.#requestHandle(["hold", name, args]);
  }

  /** Makes an object of a class of the notebook; it stays with the student. */
  construct(name: string, ...args: unknown[]): Promise<Handle> {
    return this.#requestHandle(["construct", name, args]);
  }

  /** Calls a method of an object that stayed with the student. */
  invoke(handle: Handle, method: string, ...args: unknown[]): Promise<unknown> {
    return this.#request(["invoke", handle, method, args]);
  }

  async #requestHandle(request: CallRequest): Promise<Handle> {
    const value = await this.#request(request);
    if (!(value instanceof Handle)) throw new StudentError("malformed", "the reply is not a handle");
    return value;
  }

  async #request(request: CallRequest): Promise<unknown> {
    const bytes = requestOf(request);
    const answer = this.#last.then(() => this.#send(bytes, calledName(request)));
    this.#last = answer.catch(() => {});
    const reply = readReply(await answer);
    if (reply[0]) return reply[1];
    throw new StudentError(reply[1], describe(reply[1], reply[2], request));
  }
}

/** The notebook in this very process, through the same encoding as a remote one. */
export function localStudent(locals: Readonly<Record<string, unknown>>): StudentClient {
  const server = new CallServer(locals);
  return new StudentClient((request) => server.serve(request));
}

/** A test's own arguments are small: what does not fit is large because of what the student returned before. */
function requestOf(request: CallRequest): Uint8Array {
  try {
    return encode(request);
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== "TOO_MUCH_DATA") throw error;
    throw new StudentError("malformed", `too much came back for ${calledName(request)}: ${error.message}`);
  }
}

function readReply(bytes: Uint8Array): CallReply {
  let reply: unknown;
  try {
    reply = decode(bytes);
  } catch {
    throw new StudentError("malformed", "what came back could not be read");
  }
  if (Array.isArray(reply) && reply[0] === true && reply.length === 2) return [true, reply[1]];
  if (Array.isArray(reply) && reply[0] === false && isRefusal(reply[1])) return [false, reply[1], reply[2]];
  throw new StudentError("malformed", "what came back could not be read");
}

function calledName(request: CallRequest): string {
  return request[0] === "invoke" ? request[2] : request[1];
}

function isRefusal(value: unknown): value is Refusal {
  return value === "missing" || value === "threw" || value === "not-plain";
}

function describe(why: Refusal, error: unknown, request: CallRequest): string {
  const name = calledName(request);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : "no message";
  switch (why) {
    case "missing":
      return `${name} is not defined: its cell did not run, or the function has another name`;
    case "threw":
      return `${name} threw ${message}`;
    case "not-plain":
      return `${name} returned something else than plain data (${message.replace(/^LabError: /, "")})`;
  }
}
