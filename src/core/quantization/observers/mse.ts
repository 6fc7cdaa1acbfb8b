import { roundHalfToEven } from "../round.js";
import type { ValueRange } from "../scheme.js";
import { type Histogram, union } from "./histogram.js";

/** Ranges tried a search: the whole range, and 1 % less at a time. */
const CANDIDATES = 100;

export interface MseOptions {
  readonly bits: number;
  readonly symmetric: boolean;
}

/**
 * The range whose quantization has the least mean squared error over a histogram, each value taken for its
 * bin's centre. The whole range is shrunk towards 0 in steps of 1 %; an affine range is then tried with each
 * end alone. The range contains 0.
 *
 * A value lies at most half a bin w from its centre, and its distance to the nearest code changes no faster
 * than it does, so the root of the error is at most w above that of the best candidate.
 */
export function mseRange(histogram: Histogram, options: MseOptions): ValueRange {
  const whole = union(histogram, { min: 0, max: 0 });
  if (whole.min === whole.max) return whole;
  const points = occupiedCenters(histogram);
  if (options.symmetric) {
    const largest = Math.max(-whole.min, whole.max);
    return best({ min: -largest, max: largest }, points, options, (t) => ({
      min: -t * largest,
      max: t * largest,
    }));
  }
  const both = best(whole, points, options, (t) => ({ min: t * whole.min, max: t * whole.max }));
  const low = best(both, points, options, (t) => ({ min: t * whole.min, max: both.max }));
  return best(low, points, options, (t) => ({ min: low.min, max: t * whole.max }));
}

interface Point {
  readonly x: number;
  readonly count: number;
}

function best(
  known: ValueRange,
  points: readonly Point[],
  options: MseOptions,
  candidate: (t: number) => ValueRange,
): ValueRange {
  let range = known;
  let least = squaredError(points, known, options);
  for (let step = CANDIDATES; step >= 1; step--) {
    const tried = candidate(step / CANDIDATES);
    const error = squaredError(points, tried, options);
    if (error < least) [least, range] = [error, tried];
  }
  return range;
}

/** `Σ count (x - x̂)²` with `x̂ = S (clamp(round(x / S) + Z, low, high) - Z)` of the range. */
function squaredError(
  points: readonly Point[],
  { min, max }: ValueRange,
  { bits, symmetric }: MseOptions,
): number {
  const scale = (max - min) / (symmetric ? 2 ** bits - 2 : 2 ** bits - 1);
  if (scale === 0) return Number.POSITIVE_INFINITY;
  const low = roundHalfToEven(min / scale);
  const high = symmetric ? -low : low + 2 ** bits - 1;
  let error = 0;
  for (const { x, count } of points) {
    error += count * (x - scale * Math.min(Math.max(roundHalfToEven(x / scale), low), high)) ** 2;
  }
  return error;
}

function occupiedCenters({ edges, counts }: Histogram): Point[] {
  return counts.flatMap((count, i) => (count === 0 ? [] : [{ x: (edges[i]! + edges[i + 1]!) / 2, count }]));
}
