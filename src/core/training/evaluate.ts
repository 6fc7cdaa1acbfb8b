import type * as tf from "@tensorflow/tfjs";
import { checkFinite } from "../arguments.js";
import { checkDataset, type Dataset } from "../data/index.js";
import type { Tensor } from "../tensor.js";
import { checkGivesLogits, checkModel } from "./check-model.js";
import { checkLogits, countCorrect, greatest, type PredictOptions, predict } from "./predict.js";

/** How good a model is on a data set. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** The share of right answers, from 0 to 1. */
  readonly accuracy: number;
  /** [classes, classes]: how many examples of class `row` were taken for class `column`. */
  readonly confusion: Tensor<Int32Array>;
}

/**
 * Runs a classifier, which gives logits, over a data set and counts.
 *
 * @throws LabError where model and data don't fit each other, for a model that ends in a softmax, and where the model answers NaN or an infinity.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { chooseBackend } from "edgelab/core/training";
 * import { teachingMlp } from "edgelab/core/zoo";
 * await chooseBackend();
 * const inputs = uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1);
 * const data = { inputs, labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * const { confusion } = await evaluate(teachingMlp(seeded("a")), data);
 * confusion.shape; // [10, 10]
 * ```
 */
export async function evaluate(
  model: tf.LayersModel,
  data: Dataset,
  options: PredictOptions = {},
): Promise<Evaluation> {
  checkModel(model);
  checkGivesLogits(model);
  checkDataset(data);
  const logits = await predict(model, data.inputs, options);
  checkLogits(logits, data.labels);
  checkFinite(logits.data, "the model's answer");
  return {
    loss: crossEntropy(logits, data.labels),
    accuracy: countCorrect(logits.data, data.labels) / data.labels.length,
    confusion: confusionOf(logits, data.labels),
  };
}

/** L = mean over rows of (log Σⱼ exp zⱼ - z_label), with the greatest z drawn out of the sum against overflow. */
function crossEntropy(logits: Tensor, labels: Int32Array): number {
  const classes = logits.shape[1]!;
  const lossOf = (row: number): number => {
    const z = logits.data.subarray(row * classes, (row + 1) * classes);
    const top = z[greatest(z, 0, classes)]!;
    return Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top - z[labels[row]!]!;
  };
  return labels.reduce((sum, _, row) => sum + lossOf(row), 0) / labels.length;
}

function confusionOf(logits: Tensor, labels: Int32Array): Tensor<Int32Array> {
  const classes = logits.shape[1]!;
  const data = new Int32Array(classes * classes);
  labels.forEach((label, row) => {
    data[label * classes + greatest(logits.data, row, classes)]!++;
  });
  return { shape: [classes, classes], data };
}
