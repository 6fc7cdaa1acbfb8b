import type { ValueRange } from "../scheme.js";
import { countInEqualBins, floorDivide, linspace } from "./float32.js";
import {
  addCounts,
  type Collector,
  checkBinCount,
  checkSpread,
  deposit,
  type Histogram,
  sameNumbers,
  sum,
  union,
} from "./histogram.js";
import { rangeOfValues } from "./range.js";

/**
 * Equal bins from -T to T, with T the largest magnitude of the first batch. A batch that reaches further adds
 * bins of the same width on both sides, so that no count moves.
 *
 * @see onnxruntime 1.32, quantization/calibrate.py, HistogramCollector.collect_value and merge_histogram
 */
export const centered: Collector = { start, add, join };

const f32 = Math.fround;

function start(values: Float32Array, bins: number): Histogram {
  const range = rangeOfValues(values);
  const edges = centeredEdges(largest(range), bins);
  return { ...range, edges, counts: countInEqualBins(values, edges) };
}

function add(histogram: Histogram, values: Float32Array): Histogram {
  const grown = grow(histogram, rangeOfValues(values));
  return { ...grown, counts: addCounts(grown.counts, countInEqualBins(values, grown.edges)) };
}

/**
 * Exact where both have the same edges. Else the wider bins are kept (and grown), and each narrower bin goes to
 * the one that holds its centre: a count moves by half a narrower bin at most.
 */
function join(a: Histogram, b: Histogram): Histogram {
  if (sameNumbers(a.edges, b.edges)) return { ...a, ...union(a, b), counts: addCounts(a.counts, b.counts) };
  const [wide, narrow] = widthOf(a) >= widthOf(b) ? [a, b] : [b, a];
  if (reachOf(wide) === 0) return deposit(narrow, zeros(wide));
  if (reachOf(narrow) === 0) return deposit(wide, zeros(narrow));
  return deposit(grow(wide, narrow), narrow);
}

/** The histogram with room for another range. */
function grow(histogram: Histogram, range: ValueRange): Histogram {
  const { counts } = histogram;
  const oldReach = reachOf(histogram);
  const newReach = largest(range);
  const both = union(histogram, range);
  if (newReach <= oldReach) return { ...histogram, ...both };
  // So far all values were zeros, and zeros stay in the middle.
  if (oldReach === 0) return { ...both, edges: centeredEdges(newReach, counts.length), counts };
  const width = f32(f32(2 * oldReach) / counts.length);
  const added = f32(floorDivide(f32(newReach - oldReach), width) + 1);
  const bins = counts.length + 2 * added;
  checkBinCount(bins, newReach);
  const edges = centeredEdges(f32(f32(added * width) + oldReach), bins);
  const padding = new Array<number>(added).fill(0);
  return { ...both, edges, counts: [...padding, ...counts, ...padding] };
}

function centeredEdges(reach: number, bins: number): number[] {
  checkSpread({ min: -reach, max: reach }, 1);
  return reach === 0 ? linspace(-0.5, 0.5, bins) : linspace(-reach, reach, bins);
}

/** T; 0 where every value was 0, though the edges are ±½ then. */
function reachOf({ min, max, edges }: Histogram): number {
  return min === 0 && max === 0 ? 0 : edges[edges.length - 1]!;
}

function widthOf({ edges }: Histogram): number {
  return edges[1]! - edges[0]!;
}

/** A histogram of nothing but zeros, with one bin: the point 0. */
function zeros({ counts }: Histogram): Histogram {
  return { min: 0, max: 0, edges: [0, 0], counts: [sum(counts)] };
}

function largest({ min, max }: ValueRange): number {
  return Math.max(Math.abs(min), Math.abs(max));
}
