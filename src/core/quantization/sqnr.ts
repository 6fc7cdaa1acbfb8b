import { checkNoNaN, checkSameLength } from "../arguments.js";

/**
 * Signal-to-quantization-noise ratio in decibels: `10 log10( Σ x² / Σ (x - x̂)² )`.
 * Infinity where nothing was lost, -Infinity where the signal is zero and the noise is not.
 * For uniformly spread data each further bit adds 20 log10(2) = 6.02 dB.
 *
 * @throws LabError for NaN and for arrays of different lengths.
 * @see Bennett, "Spectra of quantized signals" (1948)
 *
 * @example
 * ```ts
 * sqnr(Float32Array.of(3, 4), Float32Array.of(3, 4.5)); // 20
 * ```
 */
export function sqnr(x: Float32Array, restored: Float32Array): number {
  checkSameLength(x, restored, "x and restored");
  checkNoNaN(x, "x");
  checkNoNaN(restored, "restored");
  let signal = 0;
  let noise = 0;
  x.forEach((value, i) => {
    signal += value ** 2;
    noise += (value - (restored[i] ?? 0)) ** 2;
  });
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}
