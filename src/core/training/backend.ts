import * as tf from "@tensorflow/tfjs";
import { LabError } from "../errors.js";
import { installKernels } from "./kernels/install.js";
import { loadNative, nativeName } from "./native.js";
import { withoutItsListeners } from "./own-listeners.js";
import "../model/quiet.js";

export type BackendName = "tfjs-node" | "wasm" | "cpu";

/** What computes, and why it was chosen. */
export interface Backend {
  readonly backend: BackendName;
  readonly reason: string;
}

export interface BackendOptions {
  /** Insist on one. Without it: tfjs-node where it loads, else wasm. */
  readonly backend?: BackendName;
}

let chosen: Promise<Backend> | undefined;

/**
 * Sets the backend that trains and predicts: `@tensorflow/tfjs-node` if it is installed and works, else
 * WebAssembly with this library's gradient kernels. The plain JavaScript backend, a hundred times slower, only
 * when asked for. Called again without options it keeps what was chosen. `fit`, `evaluate` and `predict` call it.
 *
 * @throws LabError for an unknown backend, and where the one that was asked for does not load.
 *
 * @example
 * ```ts
 * (await chooseBackend({ backend: "wasm" })).reason; // "asked for"
 * (await chooseBackend()).backend; // "wasm"
 * ```
 */
export function chooseBackend({ backend }: BackendOptions = {}): Promise<Backend> {
  if (backend || !chosen) {
    const before = chosen;
    const attempt: Promise<Backend> = choose(backend).catch((error: unknown) => {
      // After a failed choice the one before stands, unless another has been made since.
      if (chosen === attempt) chosen = before;
      throw error;
    });
    chosen = attempt;
  }
  return chosen.then(activate);
}

async function choose(asked: BackendName | undefined): Promise<Backend> {
  switch (asked) {
    case undefined: {
      const failure = await loadNative();
      return failure
        ? wasm(`the default; ${failure}`)
        : { backend: "tfjs-node", reason: `${nativeName} is installed` };
    }
    case "tfjs-node": {
      const failure = await loadNative();
      if (failure)
        throw new LabError("NO_BACKEND", failure, 'Use the backend "wasm", which is always there.');
      return { backend: "tfjs-node", reason: "asked for" };
    }
    case "wasm":
      return wasm("asked for");
    case "cpu":
      return { backend: "cpu", reason: "asked for" };
    default:
      throw new LabError(
        "BAD_BACKEND",
        `there is no backend ${JSON.stringify(asked)}`,
        'Use "tfjs-node", "wasm" or "cpu".',
      );
  }
}

/**
 * Loaded as late as this: from then on tfjs holds wasm for the best backend, and refuses every operation until
 * it is set.
 */
async function wasm(reason: string): Promise<Backend> {
  await withoutItsListeners(async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    await tf.setBackend("wasm");
  });
  installKernels();
  return { backend: "wasm", reason };
}

async function activate(choice: Backend): Promise<Backend> {
  await tf.setBackend(choice.backend === "tfjs-node" ? "tensorflow" : choice.backend);
  return choice;
}
