import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { checkBytes, checkRank, checkSums, checkZeroPoint, perChannel, reach, typeOf } from "./arguments.js";
import type { ByteTensor } from "./network.js";

export interface ZeroPoints {
  /** The zero point of `a`; 0 if left out. */
  readonly aZero?: number;
  /** The zero point of `b`, or one a column; 0 if left out. */
  readonly bZeros?: number | ArrayLike<number>;
}

/**
 * The exact product of two matrices of codes: c_ij = Σ_p (a_ip - z_a) (b_pj - z_bj), in int32.
 * `a` is [m, k], `b` is [k, n]; each may be int8 or uint8.
 *
 * No sum may leave int32, so k is at most (2³¹ - 1) / (max|a - z_a| · max|b - z_b|): 33,025 at worst, 131,071 for
 * int8 with zero points 0. An engine expands the product into Σab - z_a Σb - z_b Σa + k z_a z_b and takes the row
 * and column sums apart (Jacob et al., equation 7); the sum is the same integer.
 *
 * @throws LabError for other element types, shapes that don't chain, a zero point that is no code, and k too large.
 * @see Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference" (2018), sections 2.2 and 2.3
 *
 * @example
 * ```ts
 * const a = { shape: [1, 2], data: Uint8Array.of(130, 126) };
 * const b = { shape: [2, 1], data: Int8Array.of(5, -7) };
 * matmulInt8(a, b, { aZero: 128 }).data; // Int32Array [24]
 * ```
 */
export function matmulInt8(
  a: ByteTensor,
  b: ByteTensor,
  { aZero = 0, bZeros = 0 }: ZeroPoints = {},
): Tensor<Int32Array> {
  return matmulPacked(a, packMatrix(b, bZeros), { aZero });
}

/** A matrix of weights, made ready to be multiplied often. Plain data; 4 bytes a code. */
export interface PackedMatrix {
  readonly shape: readonly [number, number];
  /** How far a code can lie from its zero point. */
  readonly reach: number;
  /** [k, ⌈n / 2⌉]: two columns in one float64, without their zero points. */
  readonly pairs: Float64Array;
}

/**
 * The part of `matmulInt8` that depends on `b` alone. For a product with one or two rows it takes longer than the
 * product: engines, too, pack the weights once.
 *
 * @throws LabError for what is no matrix of bytes, and for a zero point that is no code.
 *
 * @example
 * ```ts
 * const packed = packMatrix({ shape: [2, 1], data: Int8Array.of(5, -7) });
 * matmulPacked({ shape: [1, 2], data: Int8Array.of(2, -2) }, packed).data; // Int32Array [24]
 * matmulPacked({ shape: [1, 2], data: Int8Array.of(1, 0) }, packed).data; // Int32Array [5]
 * ```
 */
export function packMatrix(b: ByteTensor, bZeros: number | ArrayLike<number> = 0): PackedMatrix {
  checkBytes(b, 2, "b");
  const [k = 0, n = 0] = b.shape;
  const zeros = perChannel(typeof bZeros === "number" ? [bZeros] : bZeros, n, "zero points of b");
  for (const zero of zeros) checkZeroPoint(zero, typeOf(b.data), "a zero point of b");
  return { shape: [k, n], reach: reach(b, zeros), pairs: packPairs(b.data, zeros, k, n) };
}

/**
 * `matmulInt8` with weights that were packed before.
 *
 * @throws LabError as `matmulInt8`.
 *
 * @example
 * ```ts
 * const packed = packMatrix({ shape: [1, 2], data: Int8Array.of(1, 2) });
 * matmulPacked({ shape: [1, 1], data: Uint8Array.of(130) }, packed, { aZero: 128 }).data; // Int32Array [2, 4]
 * ```
 */
export function matmulPacked(
  a: ByteTensor,
  b: PackedMatrix,
  { aZero = 0 }: Pick<ZeroPoints, "aZero"> = {},
): Tensor<Int32Array> {
  checkBytes(a, 2, "a");
  checkZeroPoint(aZero, typeOf(a.data), "the zero point of a");
  const { m, k, n } = checkChain(a, b);
  checkSums(k, reach(a, [aZero]), b.reach);
  return { shape: [m, n], data: multiply(widen(a.data, aZero), b.pairs, m, k, n) };
}

/**
 * The product of two float32 matrices, for comparison: the loops of `matmulInt8`, each sum stored as float32.
 *
 * @throws LabError for shapes that don't chain, and for empty matrices.
 *
 * @example
 * ```ts
 * matmulFloat({ shape: [1, 2], data: Float32Array.of(2, -2) }, { shape: [2, 1], data: Float32Array.of(5, -7) }).data; // Float32Array [24]
 * ```
 */
export function matmulFloat(a: Tensor, b: Tensor): Tensor {
  checkRank(a, 2, "a");
  checkRank(b, 2, "b");
  const { m, k, n } = checkChain(a, b);
  const data = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    addRowFloat(data.subarray(i * n, (i + 1) * n), a.data.subarray(i * k, (i + 1) * k), b.data);
  }
  return { shape: [m, n], data };
}

function checkChain(a: Pick<Tensor, "shape">, b: Pick<Tensor, "shape">): { m: number; k: number; n: number } {
  const [m = 0, k = 0] = a.shape;
  const [rows = 0, n = 0] = b.shape;
  if (k !== rows) {
    throw new LabError(
      "BAD_SHAPE",
      `[${m}, ${k}] and [${rows}, ${n}] can't be multiplied`,
      "The columns of a must be as many as the rows of b.",
    );
  }
  return { m, k, n };
}

function widen(codes: Int8Array | Uint8Array, zero: number): Float64Array {
  const wide = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) wide[i] = codes[i]! - zero;
  return wide;
}

/**
 * Two columns share one float64, 27 bits apart, so that one multiplication makes two products: (b + 2²⁷ b') a =
 * ab + 2²⁷ ab'. Processors for signals save multipliers in this way (Xilinx, white paper WP486, 2017). A float64
 * holds integers of 53 bits: both sums are exact, and can be told apart, while each is less than 2²⁶.
 */
const APART = 2 ** 27;

/** Products of up to 255 · 255 that can be added before a sum reaches 2²⁶: 1032. */
const RUN = Math.floor((2 ** 26 - 1) / 255 ** 2);

/** [k, n] codes as [k, ⌈n / 2⌉] pairs of neighbouring columns. */
function packPairs(codes: Int8Array | Uint8Array, zeros: Float64Array, k: number, n: number): Float64Array {
  const pairs = Math.ceil(n / 2);
  const packed = new Float64Array(k * pairs);
  for (let p = 0; p < k; p++) {
    for (let j = 0; j < n; j += 2) {
      const low = codes[p * n + j]! - zeros[j]!;
      const high = j + 1 < n ? codes[p * n + j + 1]! - zeros[j + 1]! : 0;
      packed[p * pairs + j / 2] = low + high * APART;
    }
  }
  return packed;
}

function multiply(a: Float64Array, pairs: Float64Array, m: number, k: number, n: number): Int32Array {
  const out = new Int32Array(m * n);
  const sums = new Float64Array(Math.ceil(n / 2));
  for (let start = 0; start < k; start += RUN) {
    const end = Math.min(start + RUN, k);
    const rows = pairs.subarray(start * sums.length, end * sums.length);
    for (let i = 0; i < m; i++) {
      sums.fill(0);
      addRow(sums, a.subarray(i * k + start, i * k + end), rows);
      unpackInto(out, i * n, n, sums);
    }
  }
  return out;
}

/** sums_j += Σ_p a_p b_pj, four rows of b at a time: each sum is loaded and stored a quarter as often. */
function addRow(sums: Float64Array, a: Float64Array, b: Float64Array): void {
  const n = sums.length;
  let p = 0;
  for (; p + 4 <= a.length; p += 4) {
    const [a0, a1, a2, a3] = [a[p]!, a[p + 1]!, a[p + 2]!, a[p + 3]!];
    const [b0, b1, b2, b3] = [p * n, p * n + n, p * n + 2 * n, p * n + 3 * n];
    for (let j = 0; j < n; j++) {
      sums[j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
    }
  }
  for (; p < a.length; p++) {
    for (let j = 0; j < n; j++) sums[j]! += a[p]! * b[p * n + j]!;
  }
}

/** `addRow` in float32. The text is the same; apart, each is compiled for one kind of array. */
function addRowFloat(sums: Float32Array, a: Float32Array, b: Float32Array): void {
  const n = sums.length;
  let p = 0;
  for (; p + 4 <= a.length; p += 4) {
    const [a0, a1, a2, a3] = [a[p]!, a[p + 1]!, a[p + 2]!, a[p + 3]!];
    const [b0, b1, b2, b3] = [p * n, p * n + n, p * n + 2 * n, p * n + 3 * n];
    for (let j = 0; j < n; j++) {
      sums[j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
    }
  }
  for (; p < a.length; p++) {
    for (let j = 0; j < n; j++) sums[j]! += a[p]! * b[p * n + j]!;
  }
}

/** The two sums of each pair, added to a row of the result. */
function unpackInto(out: Int32Array, offset: number, n: number, sums: Float64Array): void {
  for (let j = 0; j < n; j++) {
    const pair = sums[j >> 1]!;
    const high = Math.floor(pair / APART + 0.5);
    out[offset + j]! += j % 2 === 0 ? pair - high * APART : high;
  }
}
