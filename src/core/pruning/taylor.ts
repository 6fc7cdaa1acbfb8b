import { checkFinite, checkNotEmpty } from "../arguments.js";
import { checkSameShape, checkTensor, type Tensor } from "../tensor.js";
import { removedCount } from "./amount.js";
import { maskWithout, reduceChannels, weakestChannels } from "./channel.js";
import { kthSmallest, type Sparsity } from "./magnitude.js";
import type { Mask } from "./mask.js";

/**
 * How much the loss would change, to first order, without each weight: |g·w|, in float32.
 *
 * @throws LabError for an empty tensor, shapes that differ, NaN and infinities.
 * @see Molchanov et al., "Importance estimation for neural network pruning" (2019), section 3.1
 *
 * @example
 * ```ts
 * const x = { shape: [3], data: Float32Array.of(3, -1, 2) };
 * taylorScores(x, { shape: [3], data: Float32Array.of(0, 4, 1) }).data; // Float32Array [0, 4, 2]
 * ```
 */
export function taylorScores(x: Tensor, gradient: Tensor): Tensor {
  checkPair(x, gradient);
  return { shape: [...x.shape], data: x.data.map((w, i) => Math.abs(w * gradient.data[i]!)) };
}

/**
 * How much the loss would change, to first order, without each channel: |Σ g·w| over its weights, in float64.
 *
 * @throws LabError for an empty tensor, shapes that differ, NaN, infinities, and a wrong axis.
 * @see Molchanov et al., "Importance estimation for neural network pruning" (2019), section 3.1
 *
 * @example
 * ```ts
 * const x = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * taylorChannelScores(x, { shape: [2, 2], data: Float32Array.of(1, 1, -1, 1) }, -1); // Float64Array [2, 6]
 * ```
 */
export function taylorChannelScores(x: Tensor, gradient: Tensor, axis: number): Float64Array {
  checkPair(x, gradient);
  return reduceChannels(x, axis, (sum, w, i) => sum + w * gradient.data[i]!).map(Math.abs);
}

export interface TaylorOptions extends Sparsity {
  /** Left out, single weights go; with an axis, whole channels that lie along it. */
  readonly axis?: number;
}

/**
 * The mask that removes what the loss would miss least, by the gradient of the loss: exactly
 * round(sparsity·n) weights, or channels, ranked in float64. Of equal ones those go first that stand first.
 *
 * @throws LabError for an empty tensor, shapes that differ, NaN, infinities, a wrong axis, and a sparsity
 * outside [0, 1).
 * @see Molchanov et al., "Importance estimation for neural network pruning" (2019), section 3.1
 *
 * @example
 * ```ts
 * const x = { shape: [3], data: Float32Array.of(3, -1, 2) };
 * taylorMask(x, { shape: [3], data: Float32Array.of(0, 4, 1) }, { sparsity: 0.4 }).data; // Uint8Array [0, 1, 1]
 * ```
 */
export function taylorMask(x: Tensor, gradient: Tensor, { sparsity, axis }: TaylorOptions): Mask {
  if (axis === undefined) {
    checkPair(x, gradient);
    // In float64, which holds products of float32 numbers exactly: few are lost or alike.
    const scores = new Float64Array(x.data).map((w, i) => Math.abs(w * gradient.data[i]!));
    return { shape: [...x.shape], data: withoutSmallest(scores, removedCount(scores.length, sparsity)) };
  }
  return maskWithout(x, axis, weakestChannels(taylorChannelScores(x, gradient, axis), { sparsity }));
}

/**
 * 0 for the k smallest; of equal ones, for the first. The root of a product of two float32 numbers is within
 * float32's range, so roots find the k-th, and only scores whose roots are alike are sorted.
 */
function withoutSmallest(scores: Float64Array, k: number): Uint8Array {
  const roots = new Float32Array(scores.map(Math.sqrt));
  const { value, equal } = kthSmallest({ shape: [roots.length], data: roots }, k);
  const kept = new Uint8Array(scores.length);
  const alike: number[] = [];
  for (let i = 0; i < kept.length; i++) {
    if (roots[i]! > value) kept[i] = 1;
    else if (roots[i] === value) alike.push(i);
  }
  alike.sort((a, b) => scores[a]! - scores[b]!);
  for (const i of alike.slice(equal)) kept[i] = 1;
  return kept;
}

function checkPair(x: Tensor, gradient: Tensor): void {
  checkTensor(x, "the weights");
  checkTensor(gradient, "the gradient");
  checkNotEmpty(x.data, "the weights");
  checkSameShape(x, gradient, "weights and gradient");
  checkFinite(x.data, "the weights");
  checkFinite(gradient.data, "the gradient");
}
