import { checkNotEmpty, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkSameShape, checkTensor, type NumberArray, type Tensor } from "../tensor.js";

/** One 0 or 1 for each weight: 0 goes, 1 stays. */
export type Mask = Tensor<Uint8Array>;

export interface MaskCounts {
  readonly total: number;
  readonly kept: number;
  readonly removed: number;
  /** removed / total */
  readonly sparsity: number;
}

/**
 * How many weights a mask keeps and removes.
 *
 * @throws LabError for an empty mask, one of another kind than bytes, and an element that is neither 0 nor 1.
 *
 * @example
 * ```ts
 * maskCounts({ shape: [4], data: Uint8Array.of(1, 0, 0, 0) }); // { total: 4, kept: 1, removed: 3, sparsity: 0.75 }
 * ```
 */
export function maskCounts(mask: Mask): MaskCounts {
  checkMask(mask);
  const total = mask.data.length;
  const kept = mask.data.reduce((sum, bit) => sum + bit, 0);
  return { total, kept, removed: total - kept, sparsity: (total - kept) / total };
}

/**
 * The weights with 0 where the mask has 0.
 *
 * @throws LabError where the shapes differ, and for a mask that `maskCounts` refuses.
 *
 * @example
 * ```ts
 * const x = { shape: [3], data: Float32Array.of(1, -2, 3) };
 * applyMask(x, { shape: [3], data: Uint8Array.of(1, 0, 1) }).data; // Float32Array [1, 0, 3]
 * ```
 */
export function applyMask(x: Tensor, mask: Mask): Tensor {
  checkTensor(x, "the weights");
  checkMask(mask);
  checkSameShape(x, mask, "weights and mask");
  return { shape: [...x.shape], data: x.data.map((value, i) => (mask.data[i] === 1 ? value : 0)) };
}

/**
 * Which part of the elements is 0 (or -0).
 *
 * @throws LabError for an empty tensor.
 *
 * @example
 * ```ts
 * sparsityOf({ shape: [4], data: Float32Array.of(0, 5, 0, 0) }); // 0.75
 * ```
 */
export function sparsityOf(x: Tensor<NumberArray>): number {
  checkTensor(x, "the tensor");
  checkNotEmpty(x.data, "the tensor");
  const total = x.data.length;
  return (total - countNonzero(x.data)) / total;
}

/** How many elements are neither 0 nor -0. */
export function countNonzero(values: NumberArray): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  return count;
}

export function checkMask(mask: Mask): void {
  checkTensor(mask, "the mask");
  if (mask.data[Symbol.toStringTag] !== "Uint8Array") {
    throw wrongKind("the mask", mask.data, "Give a Uint8Array of 0 and 1.");
  }
  checkNotEmpty(mask.data, "the mask");
  const wrong = mask.data.findIndex((bit) => bit > 1);
  if (wrong >= 0) {
    throw new LabError(
      "BAD_MASK",
      `the mask is ${mask.data[wrong]} at index ${wrong}`,
      "A mask has 1 where a weight stays and 0 where it goes.",
    );
  }
}
