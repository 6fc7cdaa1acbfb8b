import * as tf from "@tensorflow/tfjs";
import { LabError } from "../../errors.js";
import { checkTemperature } from "../arguments.js";
import { SMALLEST_NORM } from "../attention.js";
import { type DistillationOptions, distillationWeights } from "../distillation-loss.js";

/**
 * `distillationLoss` as tfjs operations, which tfjs can differentiate; labels are one-hot [examples, classes].
 * The gradient goes to whatever the student's logits were computed from.
 *
 * @throws LabError for logits or labels of another shape than the student's, a temperature that is not positive or
 *   above 10,000, α outside of 0 to 1, and an unknown form.
 *
 * @example
 * ```ts
 * const tf = await import("@tensorflow/tfjs");
 * const [student, teacher, labels] = [tf.tensor2d([[0, 0]]), tf.tensor2d([[200, 0]]), tf.tensor2d([[1, 0]])];
 * const loss = distillationLossOp(student, teacher, labels, { temperature: 2, alpha: 1, form: "lecture" });
 * Math.abs(loss.arraySync() - Math.LN2) < 1e-6; // true
 * ```
 */
export function distillationLossOp(
  student: tf.Tensor2D,
  teacher: tf.Tensor2D,
  labels: tf.Tensor2D,
  options: DistillationOptions,
): tf.Scalar {
  const { hardWeight, softWeight } = distillationWeights(options);
  checkSameShapes(student, teacher, "the student's logits and the teacher's logits");
  checkSameShapes(student, labels, "logits and one-hot labels");
  return tf.tidy(() => {
    const hard = crossEntropyOp(student, labels).mul(hardWeight);
    return hard.add(klDivergenceOp(teacher, student, options.temperature).mul(softWeight)).asScalar();
  });
}

/** CE = -(1/N) Σₙ Σᵢ yₙᵢ log softmax(zₙ)ᵢ */
function crossEntropyOp(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor {
  return tf.logSoftmax(logits).mul(labels).sum(1).mean().neg();
}

/** T² · KL = (T²/N) Σₙ Σᵢ p(zₜ)ᵢ (log p(zₜ)ᵢ - log p(zₛ)ᵢ), p(z) = softmax(z / T) */
function klDivergenceOp(teacher: tf.Tensor2D, student: tf.Tensor2D, temperature: number): tf.Tensor {
  checkTemperature(temperature);
  const logT = tf.logSoftmax(teacher.div(temperature));
  const logS = tf.logSoftmax(student.div(temperature));
  return logT
    .exp()
    .mul(logT.sub(logS))
    .sum(1)
    .mean()
    .mul(temperature ** 2);
}

/**
 * `hintLoss` as a tfjs operation, of features that went through the regressor already: (1/M) Σ (r - h)²
 *
 * @throws LabError for features of different shapes.
 *
 * @example
 * ```ts
 * const tf = await import("@tensorflow/tfjs");
 * await hintLossOp(tf.tensor2d([[3, 6]]), tf.tensor2d([[3, 4]])).data(); // Float32Array [2]
 * ```
 */
export function hintLossOp(regressed: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  checkSameShapes(regressed, teacher, "regressed features and the teacher's features");
  return tf.tidy(() => regressed.sub(teacher).square().mean().asScalar());
}

/**
 * `attentionMap` as tfjs operations: [examples, height, width, channels] to [examples, height, width].
 *
 * @example
 * ```ts
 * const tf = await import("@tensorflow/tfjs");
 * await attentionMapOp(tf.tensor4d([1, 1, 0, 0, 0, 0], [1, 1, 3, 2])).data(); // Float32Array [1, 0, 0]
 * ```
 */
export function attentionMapOp(activations: tf.Tensor4D): tf.Tensor3D {
  return tf.tidy(() => {
    const q = activations.square().sum<tf.Tensor3D>(3);
    const squares = q.square().sum([1, 2], true);
    // The root's slope at 0 is infinite: where a map is silent the norm is the smallest one, a constant.
    return q.div(squares.maximum(SMALLEST_NORM ** 2).sqrt()) as tf.Tensor3D;
  });
}

/**
 * `attentionLoss` as a tfjs operation, of two attention maps: their mean squared difference.
 *
 * @throws LabError for maps of different shapes.
 *
 * @example
 * ```ts
 * const tf = await import("@tensorflow/tfjs");
 * const [student, teacher] = [tf.tensor3d([[[1, 0]]]), tf.tensor3d([[[0, 1]]])];
 * await attentionLossOp(student, teacher).data(); // Float32Array [1]
 * ```
 */
export function attentionLossOp(studentMap: tf.Tensor3D, teacherMap: tf.Tensor3D): tf.Scalar {
  checkSameShapes(studentMap, teacherMap, "the student's map and the teacher's map");
  return tf.tidy(() => studentMap.sub(teacherMap).square().mean().asScalar());
}

/** A tfjs operation would repeat the smaller one. */
function checkSameShapes(a: tf.Tensor, b: tf.Tensor, what: string): void {
  if (a.shape.join() === b.shape.join()) return;
  throw new LabError(
    "BAD_SHAPE",
    `${what} have the shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`,
    "Take the same examples, and two layers whose outputs have the same height and width.",
  );
}
