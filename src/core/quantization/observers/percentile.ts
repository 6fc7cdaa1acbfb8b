import type { ValueRange } from "../scheme.js";
import { type Histogram, sum } from "./histogram.js";

/**
 * The range that keeps `percentile` of the values, in whole bins; each threshold is the left edge of its bin,
 * and none lies beyond what was seen. `symmetric` reads the histogram as one of magnitudes.
 *
 * @see onnxruntime 1.32, quantization/calibrate.py, HistogramCollector.compute_percentile
 */
export function percentileRange(histogram: Histogram, percentile: number, symmetric: boolean): ValueRange {
  const { edges } = histogram;
  const shares = cumulativeShares(histogram.counts);
  if (symmetric) {
    const threshold = edges[firstReaching(shares, percentile / 100)]!;
    return clip({ min: -threshold, max: threshold }, histogram);
  }
  const cut = (100 - percentile) / 200;
  const min = edges[firstReaching(shares, cut)]!;
  const max = edges[firstReaching(shares, 1 - cut)]!;
  return clip({ min, max }, histogram);
}

/**
 * The thresholds, drawn in to what was seen. Where all values lie in one bin, its left edge lies before the
 * smallest one: ONNX Runtime returns the pair crossed, and then widens it to contain 0, which is done here.
 */
export function clip(thresholds: ValueRange, seen: ValueRange): ValueRange {
  const min = Math.max(thresholds.min, seen.min) + 0;
  const max = Math.min(thresholds.max, seen.max) + 0;
  return min <= max ? { min, max } : { min: Math.min(min, 0), max: Math.max(max, 0) };
}

function cumulativeShares(counts: readonly number[]): number[] {
  const total = sum(counts);
  let running = 0;
  return counts.map((count) => {
    running += count / total;
    return running;
  });
}

/** The first bin whose cumulative share reaches the given one; the number of bins where none does. */
function firstReaching(shares: readonly number[], share: number): number {
  const found = shares.findIndex((cumulative) => cumulative >= share);
  return found < 0 ? shares.length : found;
}
