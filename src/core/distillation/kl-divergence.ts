import { checkSameShape, type Tensor } from "../tensor.js";
import { checkNoOverflow, checkTemperature, type FloatArray, type Logits, like } from "./arguments.js";
import { logProbabilities } from "./softmax.js";

/**
 * How far a student's softened probabilities lie from the teacher's; both logits are [examples, classes]:
 *
 *     T² · KL = (T²/N) Σₙ Σᵢ p(zₜ)ᵢ (log p(zₜ)ᵢ - log p(zₛ)ᵢ),   p(z) = softmax(z / T)
 *
 * The gradients of softened probabilities shrink by 1/T²; the factor T² keeps their size, so that changing the
 * temperature does not change the balance with the loss of the labels. The mean is taken over the examples
 * (PyTorch's `batchmean`). PyTorch's `mean` divides by the number of classes too, which is no divergence.
 *
 * @returns nats an example, times T², computed in float64; 0 for equal logits
 * @throws LabError for logits that are not two finite matrices of one shape with two or more columns, for a
 *   temperature that is not positive or above 10,000 (where T² leaves too few digits), and where the result
 *   overflows.
 * @see Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), section 2
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const teacher = tensor([1, 3], [5, 2, -1]);
 * klDivergence(teacher, teacher, 4); // 0
 * klDivergence(teacher, tensor([1, 2], [1, 0]), 4); // throws "must have the same shape"
 * ```
 */
export function klDivergence(teacher: Logits, student: Logits, temperature: number): number {
  const [logT, logS] = bothLogProbabilities(teacher, student, temperature);
  const sum = logT.reduce((total, log, i) => total + Math.exp(log) * (log - logS[i]!), 0);
  const divergence = (temperature ** 2 * sum) / student.shape[0]!;
  checkNoOverflow(divergence, `the divergence at temperature ${temperature}`);
  return divergence;
}

/**
 * The gradient of `klDivergence` with respect to the student's logits, of their shape:
 *
 *     ∂/∂zₛ = (T/N) (softmax(zₛ / T) - softmax(zₜ / T))
 *
 * As T grows this becomes (1/(N·C)) (zₛ - zₜ), each row less its mean, C being the number of classes.
 *
 * @throws LabError as `klDivergence` does.
 * @see Hinton, Vinyals and Dean (2015), equations 2 and 4
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * klDivergenceGradient(tensor([1, 2], [0, 0]), tensor([1, 2], [200, 0]), 2).data; // Float32Array [1, -1]
 * ```
 */
export function klDivergenceGradient<Data extends FloatArray>(
  teacher: Logits,
  student: Tensor<Data>,
  temperature: number,
): Tensor<Data> {
  const [logT, logS] = bothLogProbabilities(teacher, student, temperature);
  const factor = temperature / student.shape[0]!;
  return like(
    student,
    logS.map((log, i) => factor * (Math.exp(log) - Math.exp(logT[i]!))),
  );
}

function bothLogProbabilities(teacher: Logits, student: Logits, temperature: number) {
  checkTemperature(temperature);
  checkSameShape(teacher, student, "the teacher's and the student's logits");
  return [
    logProbabilities(teacher, temperature, "the teacher's logits"),
    logProbabilities(student, temperature, "the student's logits"),
  ] as const;
}
