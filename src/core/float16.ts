/**
 * IEEE 754 half precision (binary16): 1 sign bit, 5 exponent bits, 10 fraction bits, from 6.0e-8 (subnormal)
 * to 65504. JavaScript has no such array, so the codes are bit patterns in a `Uint16Array`, as ONNX, numpy
 * and GPUs lay them out.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The half-precision bit patterns nearest to float32 numbers. A tie goes to the even pattern, numbers from
 * 65520 on become infinity, numbers below 2^-24 become subnormal or zero, and NaN stays NaN.
 *
 * @see IEEE 754-2019, sections 3.4 and 4.3.1
 *
 * @example
 * ```ts
 * toFloat16(Float32Array.of(1, -2, 65504, 1e6)); // Uint16Array [15360, 49152, 31743, 31744]
 * ```
 */
export function toFloat16(x: Float32Array): Uint16Array {
  return Uint16Array.from(x, halfOf);
}

/**
 * The float32 numbers that half-precision bit patterns stand for: exact, since float32 holds them all.
 *
 * @example
 * ```ts
 * fromFloat16(Uint16Array.of(15360, 49152, 1)); // Float32Array [1, -2, 5.960464477539063e-8]
 * ```
 */
export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, floatOf);
}

function halfOf(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  float[0] = x;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = Math.abs(x);
  // Half-way between the largest half, 65504, and the one that would follow.
  if (magnitude >= 65520) return sign | 0x7c00;
  // Subnormal: a multiple of 2^-24. Beside 2^52 float64 numbers are 1 apart, so the sum rounds, ties to even.
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24 + 2 ** 52 - 2 ** 52);
  // 13 fraction bits too many: rounded away, ties to even; a carry moves into the exponent, as it should.
  const pattern = bits[0]! & 0x7fffffff;
  const rounded = pattern + 0xfff + ((pattern >>> 13) & 1);
  // 112 = 127 - 15, the difference of the exponents' biases.
  return sign | ((rounded >>> 13) - (112 << 10));
}

function floatOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
