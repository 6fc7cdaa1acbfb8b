import * as tf from "@tensorflow/tfjs";
import { checkFinite, checkInteger, checkNoNaN } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { chooseBackend } from "./backend.js";
import { checkModel } from "./check-model.js";

export interface PredictOptions {
  /** How many inputs go through the model at once. It has no influence on the result but its last digits. 256 */
  readonly batchSize?: number;
}

/**
 * The model's outputs for inputs [count, …], as inference gives them: dropout off, batch normalizations with
 * their moving averages. Of several outputs, the first.
 *
 * @returns [count, …]; for a classifier its logits [count, classes], since models here end without a softmax.
 * @throws LabError for what is no model of layers, for inputs that don't fit the model, and for NaN or infinities among them.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { chooseBackend } from "edgelab/core/training";
 * import { teachingMlp } from "edgelab/core/zoo";
 * await chooseBackend();
 * const logits = await predict(teachingMlp(seeded("a")), uniformTensor(seeded("b"), [3, 28, 28, 1], 0, 1));
 * logits.shape; // [3, 10]
 * ```
 */
export async function predict(
  model: tf.LayersModel,
  inputs: Tensor,
  { batchSize = 256 }: PredictOptions = {},
): Promise<Tensor> {
  checkInputs(model, inputs);
  checkInteger(batchSize, "batchSize", 1);
  await chooseBackend();
  const count = inputs.shape[0]!;
  const size = inputs.data.length / count;
  const parts: Tensor[] = [];
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count);
    const data = inputs.data.subarray(first * size, last * size);
    parts.push(outputs(model, { shape: [last - first, ...inputs.shape.slice(1)], data }));
    await tf.nextFrame();
  }
  return joined(parts, count);
}

function outputs(model: tf.LayersModel, { shape, data }: Tensor): Tensor {
  return tf.tidy(() => {
    const output = firstOf(model.apply(tf.tensor(data, [...shape]), { training: false }));
    return { shape: output.shape, data: output.dataSync<"float32">() };
  });
}

/** The logits among a model's outputs. */
export function firstOf(outputs: ReturnType<tf.LayersModel["apply"]>): tf.Tensor {
  return (Array.isArray(outputs) ? outputs[0] : outputs) as tf.Tensor;
}

function joined(parts: readonly Tensor[], count: number): Tensor {
  const [first] = parts;
  const data = new Float32Array((first!.data.length / first!.shape[0]!) * count);
  let filled = 0;
  for (const part of parts) {
    data.set(part.data, filled);
    filled += part.data.length;
  }
  return { shape: [count, ...first!.shape.slice(1)], data };
}

/** Throws a LabError unless the inputs are finite and have the shape that the model takes. */
export function checkInputs(model: tf.LayersModel, inputs: Tensor): void {
  checkModel(model);
  checkTensor(inputs, "the inputs");
  const wanted = model.inputs
    .map(({ shape }) => `[${shape.map((n) => n ?? "count").join(", ")}]`)
    .join(" and ");
  const [input] = model.inputs;
  const fits =
    model.inputs.length === 1 &&
    inputs.data.length > 0 &&
    input?.shape.length === inputs.shape.length &&
    input.shape.every((n, axis) => n === null || n === inputs.shape[axis]);
  if (!fits) {
    throw new LabError(
      "BAD_SHAPE",
      `the model takes ${wanted}, got inputs [${inputs.shape.join(", ")}]`,
      "Give at least one input, and each the shape that the model was built for.",
    );
  }
  checkFinite(inputs.data, "the inputs");
}

/**
 * The share of examples whose greatest logit is at their label. Among equal logits the first counts.
 *
 * @param logits [count, classes]
 * @throws LabError for NaN, for labels of another number or outside of the classes.
 *
 * @example
 * ```ts
 * accuracyOf({ shape: [2, 2], data: Float32Array.of(3, 1, 5, 0) }, Int32Array.of(0, 1)); // 0.5
 * ```
 */
export function accuracyOf(logits: Tensor, labels: Int32Array): number {
  checkLogits(logits, labels);
  return countCorrect(logits.data, labels) / labels.length;
}

/** How many rows of the logits are greatest at their label. */
export function countCorrect(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce((sum, label, row) => sum + Number(greatest(logits, row, classes) === label), 0);
}

/** The place of the greatest number in a row, the first of several. */
export function greatest(logits: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let i = 1; i < classes; i++) {
    if (logits[row * classes + i]! > logits[row * classes + best]!) best = i;
  }
  return best;
}

/** Throws a LabError unless there is a row of logits without NaN for each label, and a place in it. */
export function checkLogits(logits: Tensor, labels: Int32Array): void {
  checkTensor(logits, "the logits");
  const [count, classes] = logits.shape;
  if (logits.shape.length !== 2 || count !== labels.length || logits.data.length === 0) {
    throw new LabError(
      "BAD_SHAPE",
      `logits [${logits.shape.join(", ")}] don't fit ${labels.length} labels`,
      "Give logits [count, classes] and as many labels, at least one.",
    );
  }
  checkNoNaN(logits.data, "the logits");
  for (let i = 0; i < labels.length; i++) checkInteger(labels[i]!, `label ${i}`, 0, classes! - 1);
}
