import type { Tensor } from "../../tensor.js";
import { matmulInt8 } from "../integer/index.js";

/** Below this many rows, `matmulInt8` spends more on arranging the weights than on the product. Measured. */
const FEW_ROWS = 4;

/** 2³¹ / (255 · 128), rounded down: so many products cannot leave int32. */
const SAFE_LENGTH = 65_793;

/** Σ_p (a_ip - z) b_pj in int32: `matmulInt8`, or its plain loop where a has few rows, as at batch size 1. */
export function product(a: Tensor<Uint8Array>, zeroPoint: number, b: Tensor<Int8Array>): Int32Array {
  const [m = 0, k = 0] = a.shape;
  if (m >= FEW_ROWS || k > SAFE_LENGTH) return matmulInt8(a, b, { aZero: zeroPoint }).data;
  const n = b.shape[1]!;
  const sums = new Int32Array(m * n);
  for (let i = 0; i < m; i++) {
    addRow(sums.subarray(i * n, (i + 1) * n), a.data.subarray(i * k, (i + 1) * k), zeroPoint, b.data);
  }
  return sums;
}

/** sums_j += Σ_p (a_p - z) b_pj, four rows of b at a time: each sum is loaded and stored a quarter as often. */
function addRow(sums: Int32Array, a: Uint8Array, zero: number, b: Int8Array): void {
  const n = sums.length;
  let p = 0;
  for (; p + 4 <= a.length; p += 4) {
    const [a0, a1, a2, a3] = [a[p]! - zero, a[p + 1]! - zero, a[p + 2]! - zero, a[p + 3]! - zero];
    const [b0, b1, b2, b3] = [p * n, p * n + n, p * n + 2 * n, p * n + 3 * n];
    for (let j = 0; j < n; j++) {
      sums[j]! +=
        Math.imul(a0, b[b0 + j]!) +
        Math.imul(a1, b[b1 + j]!) +
        Math.imul(a2, b[b2 + j]!) +
        Math.imul(a3, b[b3 + j]!);
    }
  }
  for (; p < a.length; p++) {
    for (let j = 0; j < n; j++) sums[j]! += Math.imul(a[p]! - zero, b[p * n + j]!);
  }
}
