import type { Tensor } from "../tensor.js";
import { checkLabels, type FloatArray, type Logits, like } from "./arguments.js";
import { logProbabilities } from "./softmax.js";

/**
 * The loss of logits [examples, classes] against true classes, the mean over the examples:
 *
 *     CE = -(1/N) Σₙ log softmax(zₙ)[yₙ]
 *
 * @returns nats an example, computed in float64
 * @throws LabError for logits that are not a finite matrix of two or more columns, and for labels that are not
 *   one class from 0 to classes - 1 a row.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * crossEntropy(tensor([1, 2], [0, 0]), [1]); // 0.6931471805599453
 * ```
 */
export function crossEntropy(logits: Logits, labels: ArrayLike<number>): number {
  const logP = logProbabilities(logits, 1);
  checkLabels(labels, logits.shape);
  const classes = logits.shape[1]!;
  let sum = 0;
  for (let n = 0; n < labels.length; n++) sum -= logP[n * classes + labels[n]!]!;
  return sum / labels.length;
}

/**
 * The gradient of `crossEntropy` with respect to the logits, of the logits' shape:
 *
 *     ∂CE/∂z = (softmax(z) - onehot(y)) / N
 *
 * @throws LabError as `crossEntropy` does.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * crossEntropyGradient(tensor([1, 2], [0, 0]), [1]).data; // Float32Array [0.5, -0.5]
 * ```
 */
export function crossEntropyGradient<Data extends FloatArray>(
  logits: Tensor<Data>,
  labels: ArrayLike<number>,
): Tensor<Data> {
  const gradient = logProbabilities(logits, 1).map(Math.exp);
  checkLabels(labels, logits.shape);
  const classes = logits.shape[1]!;
  for (let n = 0; n < labels.length; n++) gradient[n * classes + labels[n]!]! -= 1;
  return like(
    logits,
    gradient.map((g) => g / labels.length),
  );
}
