import type { ValueRange } from "../scheme.js";
import { checkBinCount, type Histogram } from "./histogram.js";
import { clip } from "./percentile.js";

const f32 = Math.fround;

/** What an empty bin counts for, so that the divergence is finite. */
const SMOOTHING = 1e-4;

/** The search takes time with the square of the bins: with 2^14 of them, to which batches can stretch it, some seconds. */
const MOST_BINS = 2 ** 14;

/**
 * The range around 0 whose distribution, quantized to `quantizedBins` bins, diverges least from the original:
 * KL(p ‖ q), with p the counts inside the range and those outside added to its ends.
 *
 * @see Migacz, "8-bit inference with TensorRT" (GTC 2017)
 * @see onnxruntime 1.32, quantization/calibrate.py, HistogramCollector.get_entropy_threshold
 */
export function entropyRange(histogram: Histogram, quantizedBins: number): ValueRange {
  const { edges } = histogram;
  const counts = Float64Array.from(histogram.counts);
  checkBinCount(counts.length, edges[edges.length - 1]!, MOST_BINS);
  const middle = Math.floor(counts.length / 2);
  let least = Number.POSITIVE_INFINITY;
  let best: ValueRange | undefined;
  for (let half = Math.floor(quantizedBins / 2); half <= middle; half++) {
    const first = middle - half;
    const end = Math.min(middle + half + 1, counts.length);
    const inside = counts.subarray(first, end);
    const p = inside.slice();
    p[0]! += total(counts.subarray(0, first));
    p[p.length - 1]! += total(counts.subarray(end));
    const divergence = klDivergence(p, quantized(inside, p, quantizedBins));
    if (divergence < least || !best) best = { min: edges[first]!, max: edges[end]! };
    least = Math.min(least, divergence);
  }
  return clip(best ?? histogram, histogram);
}

/**
 * Neighbouring bins merged into `quantizedBins`, each spread over those of its bins that are not empty in p, in
 * whole counts. The bins left over at the end are merged into the last one but spread nowhere.
 */
function quantized(inside: Float64Array, p: Float64Array, quantizedBins: number): Float64Array {
  const size = Math.floor(inside.length / quantizedBins);
  const q = new Float64Array(p.length);
  for (let index = 0; index < quantizedBins; index++) {
    const start = index * size;
    const end = start + size;
    const merged = total(inside.subarray(start, index === quantizedBins - 1 ? undefined : end));
    const occupied = size - emptyBins(p.subarray(start, end));
    if (occupied > 0) q.fill(Math.trunc(merged / occupied), start, end);
  }
  return q;
}

/** `Σ p ln(p / q)` of the smoothed distributions, in float32; infinite where one has none. */
function klDivergence(p: Float64Array, q: Float64Array): number {
  const ps = smoothShares(p);
  const qs = smoothShares(q);
  if (!ps || !qs) return Number.POSITIVE_INFINITY;
  const terms = ps.map((share, i) => share * f32(Math.log(f32(share / qs[i]!))));
  return pairwiseSum(terms, 0, terms.length);
}

/**
 * Shares of the total, after empty bins got 1e-4, taken evenly off the others. Nothing where so few bins are
 * occupied that they do not have it.
 *
 * @see onnxruntime 1.32, quantization/quant_utils.py, smooth_distribution
 */
function smoothShares(counts: Float64Array): Float32Array | undefined {
  const empty = emptyBins(counts);
  const taken = (SMOOTHING * empty) / (counts.length - empty);
  if (!(taken < 1)) return undefined;
  const smooth = new Float32Array(counts.length);
  for (let i = 0; i < counts.length; i++) smooth[i] = counts[i] === 0 ? SMOOTHING : counts[i]! - f32(taken);
  const sum = pairwiseSum(smooth, 0, smooth.length);
  for (let i = 0; i < smooth.length; i++) smooth[i] = smooth[i]! / sum;
  return smooth;
}

function emptyBins(counts: Float64Array): number {
  let empty = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] === 0) empty++;
  return empty;
}

function total(counts: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}

/**
 * numpy's float32 sum: halves added apart, and up to 128 numbers in eight lanes. Where the candidates hold all
 * values, their divergences differ by rounding alone, and the order of the sum decides.
 *
 * @see pairwise_sum, numpy 2.4, numpy/_core/src/umath/loops_utils.h.src
 */
function pairwiseSum(x: Float32Array, start: number, count: number): number {
  if (count > 128) {
    const half = Math.floor(count / 2);
    const first = half - (half % 8);
    return f32(pairwiseSum(x, start, first) + pairwiseSum(x, start + first, count - first));
  }
  const lanes = new Float32Array(8);
  const even = count - (count % 8);
  for (let i = 0; i < even; i++) lanes[i % 8]! += x[start + i]!;
  const [a, b, c, d, e, f, g, h] = lanes as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let sum = f32(f32(f32(a + b) + f32(c + d)) + f32(f32(e + f) + f32(g + h)));
  for (let i = even; i < count; i++) sum = f32(sum + x[start + i]!);
  return sum;
}
