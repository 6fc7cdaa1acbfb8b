const events = ["uncaughtException", "unhandledRejection"] as const;
/** What the loader's listeners do. Others may be added while it loads, and are not ours to take away. */
const throwsAgain = /\bthrow (?:ex|reason)\b/;

/** As much of Node's `process` as is needed; elsewhere there is none. */
interface Emitter {
  listeners(event: string): readonly ((...args: unknown[]) => void)[];
  removeListener(event: string, listener: (...args: unknown[]) => void): unknown;
}

/**
 * Does some work and takes away the listeners for a process' errors that it left behind. The loader of tfjs'
 * WebAssembly throws every error of the program again: Node then prints the loader's whole source, one line of
 * tens of thousands of characters, above the message.
 */
export async function withoutItsListeners(work: () => Promise<unknown>): Promise<void> {
  const { process } = globalThis as { process?: Emitter };
  const before = events.map((event) => process?.listeners(event) ?? []);
  await work();
  events.forEach((event, i) => {
    for (const listener of process?.listeners(event) ?? []) {
      const isNew = !before[i]!.includes(listener);
      if (isNew && throwsAgain.test(String(listener))) process!.removeListener(event, listener);
    }
  });
}
