import { countBetween, countInEqualBins, linspace } from "./float32.js";
import {
  addCounts,
  type Collector,
  checkBinCount,
  checkSpread,
  deposit,
  type Histogram,
  sameNumbers,
  union,
} from "./histogram.js";
import { rangeOfValues } from "./range.js";

/**
 * Bins of magnitudes, from the smallest to the largest of the first batch. A batch with larger ones adds bins of
 * the same width; magnitudes below the first edge are not counted, as in ONNX Runtime.
 *
 * @see onnxruntime 1.32, quantization/calibrate.py, HistogramCollector.collect_absolute_value
 */
export const absolute: Collector = { start, add, join };

const f32 = Math.fround;

function start(values: Float32Array, bins: number): Histogram {
  const magnitudes = values.map(Math.abs);
  const { min, max } = rangeOfValues(magnitudes);
  const edges = min === max ? linspace(f32(min - 0.5), f32(max + 0.5), bins) : linspace(min, max, bins);
  return { ...rangeOfValues(values), edges, counts: countInEqualBins(magnitudes, edges) };
}

function add(histogram: Histogram, values: Float32Array): Histogram {
  const magnitudes = values.map(Math.abs);
  const grown = grow(histogram, rangeOfValues(magnitudes).max);
  const counts = addCounts(grown.counts, countBetween(magnitudes, grown.edges));
  // Kept in float32, though this batch was counted between numpy's float64 edges.
  return { ...union(histogram, rangeOfValues(values)), edges: grown.edges.map(f32), counts };
}

/** As for `centered`: exact where the edges agree, else a count moves by half a narrower bin at most. */
function join(a: Histogram, b: Histogram): Histogram {
  if (sameNumbers(a.edges, b.edges)) return { ...a, ...union(a, b), counts: addCounts(a.counts, b.counts) };
  const [wide, narrow] = widthOf(a) >= widthOf(b) ? [a, b] : [b, a];
  const grown = grow(wide, narrow.edges[narrow.edges.length - 1]!);
  return deposit({ ...grown, edges: grown.edges.map(f32) }, narrow);
}

/** The edges go on with `last + width, last + 2 width, …` up to the first that is not below the reach. */
function grow(histogram: Histogram, reach: number): Histogram {
  const { edges, counts } = histogram;
  const last = edges[edges.length - 1]!;
  if (reach <= last) return histogram;
  const width = f32(edges[1]! - edges[0]!);
  checkSpread({ min: 0, max: reach }, 2);
  const more = arange(f32(last + width), f32(reach + width), width, edges.length);
  return {
    ...histogram,
    edges: [...edges, ...more],
    counts: [...counts, ...new Array<number>(more.length).fill(0)],
  };
}

function widthOf({ edges }: Histogram): number {
  return edges[1]! - edges[0]!;
}

/** numpy's `arange` of float32 numbers: length and step are computed in float32, the numbers in float64. */
function arange(start: number, stop: number, step: number, before: number): number[] {
  const length = Math.max(Math.ceil(f32(f32(stop - start) / step)), 0);
  checkBinCount(length + before, stop);
  const delta = f32(start + step) - start;
  return Array.from({ length }, (_, i) => start + i * delta);
}
