import { checkAxis, checkNoNaN, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { removedCount } from "./amount.js";
import type { Sparsity } from "./magnitude.js";
import type { Mask } from "./mask.js";

export interface ChannelNorm {
  /** Along which axis the channels lie: -1 for the filters of a tfjs kernel (the units of a dense one). */
  readonly axis: number;
  /** 1: Σ|w|. 2: √Σw². Infinity: max|w|. */
  readonly norm: 1 | 2 | typeof Number.POSITIVE_INFINITY;
}

/**
 * The Ln norm of each channel, in float64.
 *
 * @throws LabError for an empty tensor, NaN, a wrong axis, and a norm other than 1, 2 and Infinity.
 * @see Li et al., "Pruning filters for efficient convnets" (2017), section 3.1
 *
 * @example
 * ```ts
 * const x = { shape: [2, 2], data: Float32Array.of(3, 1, -4, 1) };
 * channelNorms(x, { axis: -1, norm: 2 }); // Float64Array [5, 1.4142135623730951]
 * ```
 */
export function channelNorms(x: Tensor, { axis, norm }: ChannelNorm): Float64Array {
  checkNoNaN(x.data, "the weights");
  return reduceChannels(x, axis, accumulator(norm)).map(norm === 2 ? Math.sqrt : (sum) => sum);
}

function accumulator(norm: number): (sum: number, w: number) => number {
  if (norm === 1) return (sum, w) => sum + Math.abs(w);
  if (norm === 2) return (sum, w) => sum + w * w;
  if (norm === Number.POSITIVE_INFINITY) return (sum, w) => Math.max(sum, Math.abs(w));
  throw new LabError("BAD_NORM", `there is no norm ${norm} here`, "Use 1, 2 or Infinity.");
}

/** What comes of each channel when its elements are taken into a sum, one after the other. */
export function reduceChannels(
  x: Tensor,
  axis: number,
  add: (sum: number, element: number, index: number) => number,
): Float64Array {
  const { count, inner } = channelsAlong(x, axis);
  const sums = new Float64Array(count);
  for (let i = 0; i < x.data.length; i++) {
    const channel = Math.floor(i / inner) % count;
    sums[channel] = add(sums[channel]!, x.data[i]!, i);
  }
  return sums;
}

/** How many channels there are, and how many neighbours of each stand side by side. */
function channelsAlong(x: Tensor, axis: number): { count: number; inner: number } {
  checkTensor(x, "the weights");
  checkNotEmpty(x.data, "the weights");
  const counted = checkAxis(axis, x.shape);
  return { count: x.shape[counted]!, inner: x.shape.slice(counted + 1).reduce((a, b) => a * b, 1) };
}

/**
 * The places of the lowest scores, ascending: exactly round(sparsity·n) of them. Of equal scores those are
 * taken first that stand first.
 *
 * @throws LabError for no scores, NaN, and a sparsity outside [0, 1).
 *
 * @example
 * ```ts
 * weakestChannels([3, 1, 2, 1], { sparsity: 0.5 }); // [1, 3]
 * ```
 */
export function weakestChannels(scores: ArrayLike<number>, { sparsity }: Sparsity): number[] {
  return lowest(scores, removedCount(scores.length, sparsity));
}

/** The places of the `count` lowest scores, ascending; of equal ones, the first. */
export function lowest(scores: ArrayLike<number>, count: number): number[] {
  return ascending(scores)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/** The places of all scores, from the lowest to the highest; of equal ones, the first comes first. */
export function ascending(scores: ArrayLike<number>): number[] {
  checkNotEmpty(scores, "the list of scores");
  checkNoNaN(scores, "the score");
  const order = Array.from(scores, (_, place) => place);
  // Two infinities have no difference, so the order is told by comparisons. The sort is stable.
  return order.sort((a, b) => Number(scores[a]! > scores[b]!) - Number(scores[a]! < scores[b]!));
}

/**
 * The mask that removes the channels with the smallest norms: exactly round(sparsity·channels) of them. Of
 * equal ones those go first that stand first. It has the shape of the weights.
 *
 * @throws LabError for an empty tensor, NaN, a wrong axis or norm, and a sparsity outside [0, 1).
 * @see PyTorch, torch.nn.utils.prune.ln_structured
 *
 * @example
 * ```ts
 * const x = { shape: [2, 2], data: Float32Array.of(3, 1, -4, 1) };
 * channelMask(x, { sparsity: 0.5, axis: -1, norm: 2 }).data; // Uint8Array [1, 0, 1, 0]
 * ```
 */
export function channelMask(x: Tensor, { sparsity, axis, norm }: Sparsity & ChannelNorm): Mask {
  return maskWithout(x, axis, weakestChannels(channelNorms(x, { axis, norm }), { sparsity }));
}

/** The mask of the weights' shape that removes these channels whole. */
export function maskWithout(x: Tensor, axis: number, removed: readonly number[]): Mask {
  const { count, inner } = channelsAlong(x, axis);
  const gone = new Set(removed);
  const kept = Uint8Array.from({ length: count }, (_, channel) => (gone.has(channel) ? 0 : 1));
  const data = new Uint8Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = kept[Math.floor(i / inner) % count]!;
  return { shape: [...x.shape], data };
}
