import { decode, encode, Handle } from "./wire.js";

/** What a test asks of a student's notebook. `target` is a function's name, or a handle for `invoke`. */
export type CallRequest =
  | readonly ["call" | "hold" | "construct", name: string, args: readonly unknown[]]
  | readonly ["invoke", handle: Handle, method: string, args: readonly unknown[]];

/** Why there is no value, by who caused it. */
export type Refusal = "missing" | "threw" | "not-plain";

export type CallReply =
  | readonly [ok: true, value: unknown]
  | readonly [ok: false, why: Refusal, error: unknown];

type Callable = (...args: readonly unknown[]) => unknown;

const maxHandles = 1_000;

/**
 * The student's end: performs calls on the notebook's top-level names. Runs in the sandbox while grading
 * and in the kernel for `check`, so that a value means the same in both.
 */
export class CallServer {
  readonly #locals: Readonly<Record<string, unknown>>;
  readonly #held: unknown[] = [];

  constructor(locals: Readonly<Record<string, unknown>>) {
    this.#locals = locals;
  }

  async serve(request: Uint8Array): Promise<Uint8Array> {
    const reply = await this.#perform(decode(request, (handle) => this.#held[handle.id]) as CallRequest);
    try {
      return encode(reply);
    } catch (error) {
      return encode([false, "not-plain", error] satisfies CallReply);
    }
  }

  async #perform(request: CallRequest): Promise<CallReply> {
    const callee = this.#callee(request);
    if (!callee) {
      return [
        false,
        "missing",
        new Error(`${request[0] === "invoke" ? request[2] : request[1]} is not defined`),
      ];
    }
    const args = request[0] === "invoke" ? request[3] : request[2];
    try {
      const value: unknown =
        request[0] === "construct" ? Reflect.construct(callee, [...args]) : await callee(...args);
      return [true, request[0] === "call" || request[0] === "invoke" ? value : this.#hold(value)];
    } catch (error) {
      return [false, "threw", error instanceof Error ? error : new Error(String(error))];
    }
  }

  #callee(request: CallRequest): Callable | undefined {
    const owner = request[0] === "invoke" ? (request[1] as unknown as Record<string, unknown>) : this.#locals;
    const callee: unknown = owner?.[request[0] === "invoke" ? request[2] : request[1]];
    if (typeof callee !== "function") return undefined;
    return request[0] === "invoke" ? (callee.bind(owner) as Callable) : (callee as Callable);
  }

  #hold(value: unknown): Handle {
    if (this.#held.length >= maxHandles) throw new Error("too many objects are held");
    return new Handle(this.#held.push(value) - 1);
  }
}
