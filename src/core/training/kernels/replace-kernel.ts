import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** A kernel's inputs, as the engine hands them over. */
export type Inputs<Names extends string> = Readonly<Record<Names, tf.Tensor4D>>;

/** What convolutions and pools are told. */
export interface WindowAttributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Registers a kernel of the wasm backend that is composed of other operations. */
export function replaceByOperations<Names extends string, Attributes>(
  kernelName: string,
  compute: (inputs: Inputs<Names>, attributes: Attributes) => tf.Tensor,
): void {
  replaceKernel(kernelName, () => ({ inputs, attrs, backend }) => {
    const output = tf.tidy(() => compute(inputs as unknown as Inputs<Names>, attrs as unknown as Attributes));
    // The engine makes a tensor of what comes back. This one goes, and must not take its numbers along.
    (backend as BackendWasm).incRef(output.dataId);
    output.dispose();
    return { dataId: output.dataId, shape: output.shape, dtype: output.dtype };
  });
}

/**
 * Registers a kernel of the wasm backend that is a loop over numbers. It gets views of the backend's own memory,
 * so nothing is copied; the output is all zeros at first.
 */
export function replaceByLoop<Names extends string, Attributes>(
  kernelName: string,
  shapeOf: (inputs: Inputs<Names>, attributes: Attributes) => number[],
  compute: (
    inputs: Inputs<Names>,
    attributes: Attributes,
    view: (tensor: tf.TensorInfo) => Float32Array,
    output: Float32Array,
  ) => void,
): void {
  replaceKernel(kernelName, () => ({ inputs, attrs, backend }) => {
    const [given, attributes] = [inputs as unknown as Inputs<Names>, attrs as unknown as Attributes];
    const { output, view } = allocate(backend, inputs, shapeOf(given, attributes));
    compute(given, attributes, view, view(output).fill(0));
    return output;
  });
}

/** Memory for an output, and a way to look at it and at the inputs. Integers come as they are, as an Int32Array. */
export function allocate(
  backend: unknown,
  inputs: tf.NamedTensorInfoMap,
  shape: number[],
): { output: tf.TensorInfo; view: (tensor: tf.TensorInfo) => Float32Array } {
  const wasm = backend as BackendWasm;
  // What another backend still holds is moved here when it is asked for first.
  for (const input of Object.values(inputs)) wasm.getMemoryOffset((input as tf.TensorInfo).dataId);
  const output = wasm.makeOutput(shape, "float32");
  // Memory may have grown for all of these, and then older views are empty.
  return { output, view: (tensor) => wasm.typedArrayFromHeap(tensor) as Float32Array };
}

/** Puts another kernel in place of the wasm backend's own, if it has one; gives that to the new one. */
export function replaceKernel(kernelName: string, make: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const registered = tf.getKernel(kernelName, "wasm") as tf.KernelConfig | undefined;
  if (registered) tf.unregisterKernel(kernelName, "wasm");
  const kernelFunc = make(registered?.kernelFunc as tf.KernelFunc);
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}
