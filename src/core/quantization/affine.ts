import { LabError } from "../errors.js";
import { checkBits, checkNoNaN, checkScale, checkZeroPoint } from "./arguments.js";
import { roundHalfToEven } from "./round.js";

/** An affine map between real numbers and unsigned codes: `x = scale · (q - zeroPoint)`. */
export interface AffineParams {
  /** The distance between neighbouring values, in the unit of the data. */
  readonly scale: number;
  /** The code that stands for 0. */
  readonly zeroPoint: number;
}

/**
 * Scale and zero point for data between `min` and `max`, convention "lecture":
 *
 *     lo = min(min, 0), hi = max(max, 0)        the range contains 0
 *     S  = (hi - lo) / (2^bits - 1)             in float64
 *     Z  = round(-lo / S)                       a tie goes to the even integer
 *
 * Data that is all zero gets scale 1 and zero point 0.
 *
 * @throws LabError for bits outside of 2 to 8, a bound that is not finite, min > max, and a range so narrow
 *   or so wide that the scale is 0 or infinite.
 * @see Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 *   Inference" (2018), equation 1 and section 3
 *
 * @example
 * ```ts
 * affineParams(-2.5, 3, 8); // { scale: 0.021568627450980392, zeroPoint: 116 }
 * ```
 */
export function affineParams(min: number, max: number, bits = 8): AffineParams {
  checkBits(bits);
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
    throw new LabError(
      "BAD_RANGE",
      `min and max must be finite with min <= max, got ${min} and ${max}`,
      "Take them over the data, after removing NaN and infinities.",
    );
  }
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  if (low === high) return { scale: 1, zeroPoint: 0 };
  const scale = (high - low) / (2 ** bits - 1);
  checkScale(scale);
  // Adding 0 turns the -0 of a range that starts at 0 into 0.
  return { scale, zeroPoint: roundHalfToEven(-low / scale) + 0 };
}

/**
 * Codes of real numbers: `q = clamp(round(x / S + Z), 0, 2^bits - 1)`. The zero point is added before
 * rounding, as in the lecture and in PyTorch's `quantize_per_tensor`; ONNX adds it after. The two differ only
 * for ties when Z is odd.
 *
 * @throws LabError for NaN, a scale that is not positive and finite, a zero point that is no code.
 *
 * @example
 * ```ts
 * quantize(Float32Array.of(-2.5, -1, 0, 1.5, 3), 5.5 / 255, 116); // Uint8Array [0, 70, 116, 186, 255]
 * ```
 */
export function quantize(x: Float32Array, scale: number, zeroPoint: number, bits = 8): Uint8Array {
  checkBits(bits);
  checkScale(scale);
  checkZeroPoint(zeroPoint, bits);
  checkNoNaN(x, "x");
  const top = 2 ** bits - 1;
  const codes = new Uint8Array(x.length);
  x.forEach((value, i) => {
    codes[i] = Math.min(Math.max(roundHalfToEven(value / scale + zeroPoint), 0), top);
  });
  return codes;
}

/**
 * The real numbers that codes stand for: `x̂ = S (q - Z)`, computed in float64, stored in float32.
 *
 * @throws LabError for a scale that is not positive and finite, or a zero point that is no byte.
 *
 * @example
 * ```ts
 * dequantize(Uint8Array.of(0, 2, 3), 0.5, 2); // Float32Array [-1, 0, 0.5]
 * ```
 */
export function dequantize(q: Uint8Array, scale: number, zeroPoint: number): Float32Array {
  checkScale(scale);
  checkZeroPoint(zeroPoint, 8);
  return Float32Array.from(q, (code) => scale * (code - zeroPoint));
}
