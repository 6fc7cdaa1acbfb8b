import * as tf from "@tensorflow/tfjs";
import { replaceKernel } from "./replace-kernel.js";

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * C = A · B. The gradients of a dense layer, dA = dC · Bᵀ and dB = Aᵀ · dC, ask for transposed factors: for those
 * tfjs' wasm kernel leaves XNNPACK for a plain loop, which takes longer than to transpose first.
 */
export function installBatchMatMul(): void {
  replaceKernel("BatchMatMul", (original) => (given) => {
    const { transposeA, transposeB } = given.attrs as unknown as Attributes;
    const { a, b } = given.inputs as { a: tf.Tensor; b: tf.Tensor };
    if (!transposeA && !transposeB) return original(given);
    const [left, right] = [transposeA ? transposed(a) : a, transposeB ? transposed(b) : b];
    const attrs = { transposeA: false, transposeB: false };
    const product = original({ ...given, inputs: { a: left, b: right }, attrs });
    if (left !== a) left.dispose();
    if (right !== b) right.dispose();
    return product;
  });
}

/** The last two axes change places. */
function transposed(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
