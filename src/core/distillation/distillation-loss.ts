import { checkNumber } from "../arguments.js";
import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { type FloatArray, type Logits, like } from "./arguments.js";
import { crossEntropy, crossEntropyGradient } from "./cross-entropy.js";
import { klDivergence, klDivergenceGradient } from "./kl-divergence.js";

export interface DistillationOptions {
  /** Softens both probabilities; 1 leaves them as they are. At most 10,000. */
  readonly temperature: number;
  /** From 0 to 1. What it weighs depends on the form. */
  readonly alpha: number;
  /** "lecture": α weighs the labels. "hinton": α weighs the teacher. */
  readonly form: "lecture" | "hinton";
}

export interface DistillationLoss<Data extends FloatArray = Float32Array> {
  readonly loss: number;
  /** The cross-entropy with the labels, in nats an example. */
  readonly hard: number;
  /** T² times the divergence from the teacher, in nats an example. */
  readonly soft: number;
  /** The gradient of `loss` with respect to the student's logits. */
  readonly gradient: Tensor<Data>;
}

/**
 * What a student is trained on: the true labels and a teacher's logits together; logits are
 * [examples, classes]. Two forms are in use, which differ in what α weighs:
 *
 *     lecture   L = α · CE + (1 - α) · T² · KL
 *     hinton    L = α · T² · KL + (1 - α) · CE
 *
 * @throws LabError for logits that are not two finite matrices of one shape with two or more columns, labels
 *   that are not one class a row, a temperature that is not positive or above 10,000, α outside of 0 to 1, and
 *   an unknown form.
 * @see Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), section 2
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const student = tensor([1, 2], [0, 0]);
 * const teacher = tensor([1, 2], [200, 0]);
 * const { hard, gradient } = distillationLoss(student, teacher, [0], { temperature: 2, alpha: 0.5, form: "lecture" });
 * hard; // 0.6931471805599453
 * gradient.data; // Float32Array [-0.75, 0.75]
 * ```
 */
export function distillationLoss<Data extends FloatArray>(
  student: Tensor<Data>,
  teacher: Logits,
  labels: ArrayLike<number>,
  options: DistillationOptions,
): DistillationLoss<Data> {
  const { hardWeight, softWeight } = distillationWeights(options);
  const hard = crossEntropy(student, labels);
  const soft = klDivergence(teacher, student, options.temperature);
  const hardGradient = crossEntropyGradient(student, labels).data;
  const softGradient = klDivergenceGradient(teacher, student, options.temperature).data;
  return {
    loss: hardWeight * hard + softWeight * soft,
    hard,
    soft,
    gradient: like(
      student,
      Float64Array.from(hardGradient, (g, i) => hardWeight * g + softWeight * softGradient[i]!),
    ),
  };
}

/** What the two losses are weighed with. */
export function distillationWeights({ alpha, form }: DistillationOptions): {
  hardWeight: number;
  softWeight: number;
} {
  checkNumber(alpha, "alpha", 0, 1);
  if (form === "lecture") return { hardWeight: alpha, softWeight: 1 - alpha };
  if (form === "hinton") return { hardWeight: 1 - alpha, softWeight: alpha };
  throw new LabError(
    "BAD_FORM",
    `form must be "lecture" or "hinton", got ${JSON.stringify(form)}`,
    'Use "lecture" if alpha is to weigh the labels, "hinton" if it is to weigh the teacher.',
  );
}
