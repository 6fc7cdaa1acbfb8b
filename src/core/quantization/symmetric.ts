import { LabError } from "../errors.js";
import { checkNoNaN, checkScale } from "./arguments.js";
import { roundHalfToEven } from "./round.js";

/** The largest symmetric int8 code. -128 stays unused, so that every code has its opposite. */
const TOP = 127;

/**
 * The scale of symmetric int8 codes: `S = max|x| / 127`, in float64; 1 for data that is all zero.
 * The divisor and the range [-127, 127] are those of TensorFlow Lite's weights and of ONNX Runtime's
 * symmetric int8; PyTorch's observers divide by 127.5 instead.
 *
 * @throws LabError for NaN, an infinity, and data so small that the scale is 0.
 * @see TensorFlow Lite 8-bit quantization specification, https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec
 *
 * @example
 * ```ts
 * symmetricScale(Float32Array.of(-254, 3)); // 2
 * ```
 */
export function symmetricScale(x: Float32Array): number {
  checkNoNaN(x, "x");
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  if (largest === Number.POSITIVE_INFINITY) {
    throw new LabError("BAD_RANGE", "x holds an infinity", "Choose a finite range, or remove the value.");
  }
  return largest === 0 ? 1 : largest / TOP;
}

/**
 * Symmetric int8 codes: `q = clamp(round(x / S), -127, 127)`; a tie goes to the even integer.
 *
 * @throws LabError for NaN and a scale that is not positive and finite.
 *
 * @example
 * ```ts
 * quantizeSymmetric(Float32Array.of(-1, 0.25, 0.75, 100), 0.5); // Int8Array [-2, 0, 2, 127]
 * ```
 */
export function quantizeSymmetric(x: Float32Array, scale: number): Int8Array {
  checkScale(scale);
  checkNoNaN(x, "x");
  return Int8Array.from(x, (value) => Math.min(Math.max(roundHalfToEven(value / scale), -TOP), TOP));
}

/**
 * The real numbers that symmetric codes stand for: `x̂ = S q`, computed in float64, stored in float32.
 *
 * @throws LabError for a scale that is not positive and finite.
 *
 * @example
 * ```ts
 * dequantizeSymmetric(Int8Array.of(-2, 0, 127), 0.5); // Float32Array [-1, 0, 63.5]
 * ```
 */
export function dequantizeSymmetric(q: Int8Array, scale: number): Float32Array {
  checkScale(scale);
  return Float32Array.from(q, (code) => scale * code);
}
