import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/** A real number as an integer and a power of two: real ≈ multiplier · 2^(shift - 31). */
export interface FixedPoint {
  /** From 2³⁰ to 2³¹ - 1, so that all of its 31 bits say something; or 0. */
  readonly multiplier: number;
  /** Positive to the left, negative to the right; -31 to 30. */
  readonly shift: number;
}

/**
 * A real multiplier as 31 bits and a shift: real = f · 2^shift with f in [½, 1), multiplier = round(f · 2³¹). An f
 * that rounds up to 2³¹ is halved, and the shift grows by 1. A real below 2⁻³² shifts every bit out: it becomes 0.
 *
 * The relative error is at most 2⁻³¹.
 *
 * @throws LabError for a negative number, one that is not finite, and one of 2³⁰ or more.
 * @see Jacob et al. (2018), equation 6; `QuantizeMultiplier` in TensorFlow Lite's quantization_util.cc
 *
 * @example
 * ```ts
 * quantizeMultiplier(0.1); // { multiplier: 1717986918, shift: -3 }
 * ```
 */
export function quantizeMultiplier(real: number): FixedPoint {
  if (real === 0) return { multiplier: 0, shift: 0 };
  const exponent = real > 0 && Number.isFinite(real) ? exponentOf(real) : Number.NaN;
  // Half away from zero, as C++ rounds; 31 bits and a half are exact in a float64.
  const rounded = Math.floor(real * 2 ** (31 - exponent) + 0.5);
  const fixed =
    rounded === 2 ** 31
      ? { multiplier: 2 ** 30, shift: exponent + 1 }
      : { multiplier: rounded, shift: exponent };
  if (!(fixed.shift <= 30)) {
    throw new LabError(
      "BAD_MULTIPLIER",
      `a multiplier must be from 0 to 2^30, got ${real}`,
      "It is inputScale * weightScale / outputScale: check the three scales.",
    );
  }
  return fixed.shift < -31 ? { multiplier: 0, shift: 0 } : fixed;
}

/** The e with real = f · 2^e and f in [½, 1), as C's frexp gives it. */
function exponentOf(real: number): number {
  let exponent = Math.floor(Math.log2(real)) + 1;
  // The logarithm is rounded: next to a power of two it can be one off.
  while (real >= 2 ** exponent) exponent++;
  while (real < 2 ** (exponent - 1)) exponent--;
  return exponent;
}

/**
 * x · multiplier · 2^(shift - 31), rounded to an integer, for an int32 x.
 *
 * - "single" rounds once: ⌊x · multiplier / 2^(31 - shift) + ½⌋, a tie up.
 * - "double" rounds twice, as gemmlowp and the paper do: the upper half of the doubled product (a tie up), then the
 *   shift to the right (a tie away from zero). The first rounding can make a tie that was none.
 *
 * Results beyond int32 saturate; so does the shift to the left that "double" starts with, which C++ leaves
 * undefined.
 *
 * @throws LabError where x, multiplier or shift is out of range, and for another rounding.
 * @see Jacob et al. (2018), appendix B; gemmlowp's fixedpoint.h; TensorFlow Lite's common.h
 *
 * @example
 * ```ts
 * multiplyByQuantizedMultiplier(5, 1717986918, -3, "single"); // 0
 * multiplyByQuantizedMultiplier(5, 1717986918, -3, "double"); // 1
 * ```
 */
export function multiplyByQuantizedMultiplier(
  x: number,
  multiplier: number,
  shift: number,
  rounding: "single" | "double",
): number {
  checkInteger(x, "x", INT32_MIN, INT32_MAX);
  checkInteger(multiplier, "the multiplier", 0, INT32_MAX);
  checkInteger(shift, "the shift", -31, 30);
  if (rounding !== "single" && rounding !== "double") {
    throw new LabError(
      "BAD_ROUNDING",
      `a fixed-point multiplier has no rounding '${rounding}'`,
      "Use single or double.",
    );
  }
  return fixedPointScaler({ multiplier, shift }, rounding)(x);
}

/** The same without checks, for loops over tensors: x goes in, the rounded product comes out. */
export function fixedPointScaler(
  { multiplier, shift }: FixedPoint,
  rounding: "single" | "double",
): (x: number) => number {
  if (rounding === "single") {
    const product = floorOfProduct(multiplier, 31 - shift);
    return (x) => saturate(product(x));
  }
  const left = 2 ** Math.max(shift, 0);
  const high = floorOfProduct(multiplier, 31);
  const right = roundingDivision(Math.max(-shift, 0));
  return (x) => right(high(saturate(x * left)));
}

/**
 * The upper 32 bits of 2ab, rounded: ⌊ab / 2³¹ + ½⌋ for int32 a and b. It saturates for a = b = -2³¹.
 *
 * @throws LabError where a or b is no int32.
 * @see gemmlowp's fixedpoint.h
 *
 * @example
 * ```ts
 * saturatingRoundingDoublingHighMul(40, 1717986918); // 32
 * ```
 */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  checkInteger(a, "a", INT32_MIN, INT32_MAX);
  checkInteger(b, "b", INT32_MIN, INT32_MAX);
  return saturate(b < 0 ? floorOfProduct(-b, 31)(-a) : floorOfProduct(b, 31)(a));
}

/**
 * x / 2^exponent to the nearest integer, a tie away from zero, for an int32 x.
 *
 * @throws LabError where x is no int32, and for an exponent that is not from 0 to 31.
 * @see gemmlowp's fixedpoint.h, where it is called RoundingDivideByPOT
 *
 * @example
 * ```ts
 * [-3, -2, 2, 3].map((x) => roundingDivideByPowerOfTwo(x, 2)); // [-1, -1, 1, 1]
 * ```
 */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  checkInteger(x, "x", INT32_MIN, INT32_MAX);
  checkInteger(exponent, "the exponent", 0, 31);
  return roundingDivision(exponent)(x);
}

function roundingDivision(exponent: number): (x: number) => number {
  const divisor = 2 ** exponent;
  return (x) => (x < 0 ? 0 - Math.floor(0.5 - x / divisor) : Math.floor(x / divisor + 0.5));
}

/**
 * a to ⌊a b / 2^bits + ½⌋, for |a| and b up to 2³¹. The product has up to 63 bits, a float64 holds 53: so b is cut
 * into 16 and 16 bits, and ab = 2¹⁶ high + low with 0 <= low < 2¹⁶.
 */
function floorOfProduct(b: number, bits: number): (a: number) => number {
  // Either the product is beyond int32 after the shift, or it has at most 49 bits and is exact.
  if (bits <= 17) return (a) => Math.floor((a * b) / 2 ** bits + 0.5);
  const upper = Math.floor(b / 2 ** 16);
  const lower = b % 2 ** 16;
  const divisor = 2 ** (bits - 16);
  // `high` is an integer, so what `low` adds can't reach the next multiple of the divisor with the half added.
  return (a) => Math.floor((a * upper + Math.floor((a * lower) / 2 ** 16)) / divisor + 0.5);
}

function saturate(x: number): number {
  return Math.max(INT32_MIN, Math.min(INT32_MAX, x));
}
