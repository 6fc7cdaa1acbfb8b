import { checkFinite, checkNotEmpty, checkSameLength } from "../arguments.js";

/**
 * Signal-to-quantization-noise ratio in decibels: `10 log10( Σ x² / Σ (x - x̂)² )`.
 * Infinity where nothing was lost, -Infinity where the signal is zero and the noise is not.
 * For uniformly spread data each further bit adds 20 log10(2) = 6.02 dB.
 *
 * @throws LabError for empty arrays, NaN, infinities, and arrays of different lengths.
 * @see Bennett, "Spectra of quantized signals" (1948)
 *
 * @example
 * ```ts
 * sqnr(Float32Array.of(3, 4), Float32Array.of(3, 4.5)); // 20
 * ```
 */
export function sqnr(x: Float32Array, restored: Float32Array): number {
  checkPair(x, restored);
  let signal = 0;
  let noise = 0;
  x.forEach((value, i) => {
    signal += value ** 2;
    noise += (value - (restored[i] ?? 0)) ** 2;
  });
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}

/**
 * The largest absolute error, in the unit of the data: `max |x - x̂|`. Inside the range of a scheme it is at
 * most half a step.
 *
 * @throws LabError for empty arrays, NaN, infinities, and arrays of different lengths.
 *
 * @example
 * ```ts
 * maxError(Float32Array.of(3, 4), Float32Array.of(3, 4.5)); // 0.5
 * ```
 */
export function maxError(x: Float32Array, restored: Float32Array): number {
  checkPair(x, restored);
  let largest = 0;
  x.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - restored[i]!));
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
 * @throws LabError for empty arrays, NaN, infinities, and arrays of different lengths.
 *
 * @example
 * ```ts
 * cosineSimilarity(Float32Array.of(1, 0), Float32Array.of(0.5, 0)); // 1
 * cosineSimilarity(Float32Array.of(1, 0), Float32Array.of(0, 3)); // 0
 * ```
 */
export function cosineSimilarity(x: Float32Array, restored: Float32Array): number {
  checkPair(x, restored);
  let product = 0;
  let squares = 0;
  let restoredSquares = 0;
  x.forEach((value, i) => {
    product += value * restored[i]!;
    squares += value ** 2;
    restoredSquares += restored[i]! ** 2;
  });
  if (squares === 0 || restoredSquares === 0) return squares === restoredSquares ? 1 : 0;
  // Rounding could carry the quotient a hair beyond 1.
  return Math.max(-1, Math.min(1, product / (Math.sqrt(squares) * Math.sqrt(restoredSquares))));
}

function checkPair(x: Float32Array, restored: Float32Array): void {
  checkSameLength(x, restored, "x and restored");
  checkNotEmpty(x, "x");
  checkFinite(x, "x");
  checkFinite(restored, "restored");
}
