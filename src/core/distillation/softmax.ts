import type { Tensor } from "../tensor.js";
import {
  checkLogits,
  checkNoOverflow,
  checkTemperature,
  type FloatArray,
  type Logits,
  like,
} from "./arguments.js";

/**
 * Probabilities from logits [examples, classes], softened by a temperature T:
 *
 *     pᵢ = exp(zᵢ / T) / Σⱼ exp(zⱼ / T)
 *
 * T = 1 is the plain softmax. A larger T shows what a teacher thinks of the wrong classes ("dark knowledge");
 * as T grows, all classes become equally likely.
 *
 * @throws LabError for logits that are not a finite matrix of two or more columns, for a temperature that is
 *   not positive and finite, and where a row's range divided by the temperature overflows.
 * @see Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), equation 1
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * temperatureSoftmax(tensor([1, 2], [7, 7]), 3).data; // Float32Array [0.5, 0.5]
 * ```
 */
export function temperatureSoftmax<Data extends FloatArray>(
  logits: Tensor<Data>,
  temperature: number,
): Tensor<Data> {
  return like(logits, logProbabilities(logits, temperature).map(Math.exp));
}

/**
 * The natural logarithm of the softened probabilities, which stays exact where they underflow:
 *
 *     log pᵢ = zᵢ / T - ln Σⱼ exp(zⱼ / T)
 *
 * @throws LabError as `temperatureSoftmax` does.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * logSoftmax(tensor([1, 2], [1e4, -1e4])).data; // Float32Array [0, -20000]
 * ```
 */
export function logSoftmax<Data extends FloatArray>(logits: Tensor<Data>, temperature = 1): Tensor<Data> {
  return like(logits, logProbabilities(logits, temperature));
}

/** Both functions above in float64, row by row. */
export function logProbabilities(logits: Logits, temperature: number, what = "the logits"): Float64Array {
  checkLogits(logits, what);
  checkTemperature(temperature, Number.MAX_VALUE);
  const classes = logits.shape[1]!;
  const result = new Float64Array(logits.data.length);
  for (let start = 0; start < result.length; start += classes) {
    const row = logits.data.subarray(start, start + classes);
    result.set(logProbabilitiesOfRow(row, temperature), start);
  }
  return result;
}

/** log pᵢ = (zᵢ - m)/T - ln Σⱼ exp((zⱼ - m)/T) with m = max z: no exponent is positive, and one is 0. */
function logProbabilitiesOfRow(row: FloatArray, temperature: number): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const z of row) largest = Math.max(largest, z);
  const shifted = Float64Array.from(row, (z) => (z - largest) / temperature);
  shifted.forEach((s) => {
    checkNoOverflow(s, `a logit less ${largest}, divided by the temperature ${temperature},`);
  });
  const logSum = Math.log(shifted.reduce((sum, s) => sum + Math.exp(s), 0));
  return shifted.map((s) => s - logSum);
}
