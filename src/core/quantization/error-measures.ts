import { checkFinite, checkNotEmpty, checkSameLength } from "../arguments.js";
import { checkSameShape, checkTensor, type Tensor } from "../tensor.js";

/**
 * Signal-to-quantization-noise ratio in decibels: `10 log10( Σ x² / Σ (x - x̂)² )`.
 * Infinity where nothing was lost, -Infinity where the signal is zero and the noise is not.
 * For uniformly spread data each further bit adds 20 log10(2) = 6.02 dB.
 *
 * @throws LabError for nothing to compare, NaN, infinities, and different lengths or shapes.
 * @see Bennett, "Spectra of quantized signals" (1948)
 *
 * @example
 * ```ts
 * sqnr(Float32Array.of(3, 4), Float32Array.of(3, 4.5)); // 20
 * ```
 *
 * @example Tensors, too:
 * ```ts
 * import { tensor } from "edgelab/core";
 * sqnr(tensor([1, 2], [3, 4]), tensor([1, 2], [3, 4.5])); // 20
 * ```
 */
export function sqnr(x: Tensor | Float32Array, restored: Tensor | Float32Array): number {
  const [a, b] = pairOf(x, restored);
  let signal = 0;
  let noise = 0;
  a.forEach((value, i) => {
    signal += value ** 2;
    noise += (value - b[i]!) ** 2;
  });
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}

/**
 * The largest absolute error, in the unit of the data: `max |x - x̂|`. Inside the range of a scheme it is at
 * most half a step.
 *
 * @throws LabError for nothing to compare, NaN, infinities, and different lengths or shapes.
 *
 * @example
 * ```ts
 * maxError(Float32Array.of(3, 4), Float32Array.of(3, 4.5)); // 0.5
 * ```
 */
export function maxError(x: Tensor | Float32Array, restored: Tensor | Float32Array): number {
  const [a, b] = pairOf(x, restored);
  let largest = 0;
  a.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - b[i]!));
  });
  return largest;
}

/**
 * The cosine of the angle between two tensors seen as vectors: `x · x̂ / (|x| |x̂|)`, from -1 to 1. It does
 * not see a wrong gain: x and 2x have cosine 1.
 *
 * A vector of zeros has no direction. Two of them count as equal, 1; one beside another vector counts as
 * nothing in common, 0.
 *
 * @throws LabError for nothing to compare, NaN, infinities, and different lengths or shapes.
 *
 * @example
 * ```ts
 * cosineSimilarity(Float32Array.of(1, 0), Float32Array.of(0.5, 0)); // 1
 * cosineSimilarity(Float32Array.of(1, 0), Float32Array.of(0, 3)); // 0
 * ```
 */
export function cosineSimilarity(x: Tensor | Float32Array, restored: Tensor | Float32Array): number {
  const [a, b] = pairOf(x, restored);
  let product = 0;
  let squares = 0;
  let restoredSquares = 0;
  a.forEach((value, i) => {
    product += value * b[i]!;
    squares += value ** 2;
    restoredSquares += b[i]! ** 2;
  });
  if (squares === 0 || restoredSquares === 0) return squares === restoredSquares ? 1 : 0;
  // Rounding could carry the quotient a hair beyond 1.
  return Math.max(-1, Math.min(1, product / (Math.sqrt(squares) * Math.sqrt(restoredSquares))));
}

/** The numbers of both, once they hold. */
function pairOf(
  x: Tensor | Float32Array,
  restored: Tensor | Float32Array,
): readonly [Float32Array, Float32Array] {
  const [a, b] = [numbersOf(x, "x"), numbersOf(restored, "restored")];
  checkSameLength(a, b, "x and restored");
  if ("data" in x && "data" in restored) checkSameShape(x, restored, "x and restored");
  checkNotEmpty(a, "x");
  checkFinite(a, "x");
  checkFinite(b, "restored");
  return [a, b];
}

function numbersOf(x: Tensor | Float32Array, what: string): Float32Array {
  if (ArrayBuffer.isView(x)) return x;
  checkTensor(x, what);
  return x.data;
}
