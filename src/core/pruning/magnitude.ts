import { checkNoNaN, checkNotEmpty, wrongKind } from "../arguments.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { removedCount } from "./amount.js";
import type { Mask } from "./mask.js";

export interface Sparsity {
  /** Which part goes, in [0, 1). The count is sparsity·n, rounded half to even. */
  readonly sparsity: number;
}

/**
 * The mask that removes the smallest magnitudes: exactly round(sparsity·n) of them. Of equal magnitudes
 * those go first that stand first. -0 equals 0; infinities are the largest.
 *
 * @throws LabError for an empty tensor, NaN, numbers that are not float32, and a sparsity outside [0, 1).
 * @see Han et al., "Learning both weights and connections" (2015), section 3
 * @see PyTorch, torch.nn.utils.prune.l1_unstructured (whose choice among equals is not specified)
 *
 * @example
 * ```ts
 * const x = { shape: [5], data: Float32Array.of(3, -1, 2, -1, 5) };
 * magnitudeMask(x, { sparsity: 0.4 }).data; // Uint8Array [1, 0, 1, 0, 1]
 * ```
 */
export function magnitudeMask(x: Tensor, { sparsity }: Sparsity): Mask {
  return globalMagnitudeMasks([x], { sparsity })[0]!;
}

/**
 * One mask a layer, which together remove exactly round(sparsity·n) of all n weights: the smallest magnitudes
 * wherever they are. Of equal magnitudes those go first that stand in the earlier layer, then those that
 * stand first.
 *
 * @throws LabError for no or empty tensors, NaN, numbers that are not float32, and a sparsity outside [0, 1).
 * @see PyTorch, torch.nn.utils.prune.global_unstructured
 *
 * @example
 * ```ts
 * const layers = [{ shape: [2], data: Float32Array.of(3, 4) }, { shape: [2], data: Float32Array.of(1, -2) }];
 * globalMagnitudeMasks(layers, { sparsity: 0.5 }).map(({ data }) => [...data]); // [[1, 1], [0, 0]]
 * ```
 */
export function globalMagnitudeMasks(layers: readonly Tensor[], { sparsity }: Sparsity): Mask[] {
  checkLayers(layers);
  return smallestMasks(layers, removedCount(sizeOfAll(layers), sparsity));
}

/**
 * The largest magnitude that goes: the k-th smallest, with k = round(sparsity·n). `|w| > threshold` keeps
 * what `magnitudeMask` keeps, unless more than k weights have a magnitude up to the threshold. Where none goes
 * (k = 0) it is -Infinity.
 *
 * @throws LabError for an empty tensor, NaN, numbers that are not float32, and a sparsity outside [0, 1).
 *
 * @example
 * ```ts
 * magnitudeThreshold({ shape: [4], data: Float32Array.of(3, -1, 2, 5) }, { sparsity: 0.5 }); // 2
 * ```
 */
export function magnitudeThreshold(x: Tensor, { sparsity }: Sparsity): number {
  checkLayers([x]);
  return kthSmallest(x, removedCount(x.data.length, sparsity)).value;
}

/** The k-th smallest magnitude, -Infinity for k = 0, and how many of that value are among the k smallest. */
export function kthSmallest(x: Tensor, k: number): { value: number; equal: number } {
  const { bits, equal } = kthMagnitude([x], k);
  return { value: bits < 0 ? Number.NEGATIVE_INFINITY : valueOfBits(bits), equal };
}

function checkLayers(layers: readonly Tensor[]): void {
  checkNotEmpty(layers, "the list of layers");
  for (const x of layers) {
    checkTensor(x, "the weights");
    checkNotEmpty(x.data, "the weights");
  }
}

function sizeOfAll(layers: readonly Tensor[]): number {
  return layers.reduce((sum, { data }) => sum + data.length, 0);
}

/** The masks that remove the k smallest magnitudes. Each layer has elements. */
function smallestMasks(layers: readonly Tensor[], k: number): Mask[] {
  const { bits: threshold, equal } = kthMagnitude(layers, k);
  let left = equal;
  return layers.map(({ shape, data }) => {
    const bits = bitsOf(data);
    const mask = new Uint8Array(data.length);
    for (let i = 0; i < mask.length; i++) {
      const magnitude = bits[i]! & 0x7fffffff;
      if (magnitude > threshold || (magnitude === threshold && left-- <= 0)) mask[i] = 1;
    }
    return { shape: [...shape], data: mask };
  });
}

interface KthMagnitude {
  /** Its float32 bits; -1, which is less than any, for k = 0. */
  readonly bits: number;
  /** How many magnitudes of that value are among the k smallest. */
  readonly equal: number;
}

/**
 * The k-th smallest magnitude of all. Without their sign, the bits of float32 numbers are ordered as the numbers
 * are: so a histogram of the upper 16 bits finds the bin of the k-th, and one of the lower 16 bits in that bin
 * finds the number. Nothing is sorted, copied or moved.
 */
function kthMagnitude(layers: readonly Tensor[], k: number): KthMagnitude {
  const upper = new Uint32Array(1 << 15);
  for (const { data } of layers) countUpperHalves(bitsOf(data), upper);
  // Infinity is 0x7f800000, and whatever is above is NaN.
  if (upper.subarray(0x7f80).some((count) => count > 0)) {
    for (const { data } of layers) checkNoNaN(data, "the weights");
  }
  if (k === 0) return { bits: -1, equal: 0 };
  const high = binOf(upper, k);
  const lower = new Uint32Array(1 << 16);
  for (const { data } of layers) countLowerHalves(bitsOf(data), high.bin, lower);
  const low = binOf(lower, high.rank);
  return { bits: high.bin * 2 ** 16 + low.bin, equal: low.rank };
}

function countUpperHalves(bits: Uint32Array, counts: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) counts[(bits[i]! & 0x7fffffff) >>> 16]!++;
}

function countLowerHalves(bits: Uint32Array, upper: number, counts: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude >>> 16 === upper) counts[magnitude & 0xffff]!++;
  }
}

/** The bin in which the k-th lies, and which of the bin's it is, both counted from 1. */
function binOf(counts: Uint32Array, k: number): { bin: number; rank: number } {
  let rank = k;
  let bin = 0;
  while (rank > counts[bin]!) rank -= counts[bin++]!;
  return { bin, rank };
}

/** Numbers of another type have other bits. */
function bitsOf(data: Float32Array): Uint32Array {
  if (data[Symbol.toStringTag] !== "Float32Array") {
    throw wrongKind("the weights", data, "Give a Float32Array: Float32Array.from(data) makes one.");
  }
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function valueOfBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
