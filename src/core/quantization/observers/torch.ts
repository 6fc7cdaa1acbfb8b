import type { ValueRange } from "../scheme.js";
import { addCounts, type Collector, checkSpread, type Histogram, sum, union } from "./histogram.js";
import { rangeOfValues } from "./range.js";

/**
 * Equal bins from the smallest to the largest value seen so far. A batch that widens the range moves the old
 * counts: each bin is cut into 16, and each piece goes to the new bin that holds its middle.
 *
 * Pinned to PyTorch 2.13 (earlier versions merge in another way). PyTorch keeps float32 counts, which stop at
 * 2^24; these are float64. A piece whose middle lies on an edge to float32's last bit can go to the bin beside: PyTorch's
 * linspace rounds by the width of the processor's vectors.
 *
 * @see torch.ao.quantization.HistogramObserver, PyTorch 2.13, torch/ao/quantization/observer.py
 */
export const torchHistogram: Collector = { start, add, join };

const f32 = Math.fround;
const PIECES = 16;

function start(values: Float32Array, bins: number): Histogram {
  return histc(values, rangeOfValues(values), bins);
}

function add(histogram: Histogram, values: Float32Array): Histogram {
  const bins = histogram.counts.length;
  const range = union(histogram, rangeOfValues(values));
  const batch = histc(values, range, bins);
  return { ...batch, counts: addCounts(stretch(histogram, range), batch.counts) };
}

/** Exact where both ranges agree. Else counts spread over their bins, and a piece moves by half its width at most. */
function join(a: Histogram, b: Histogram): Histogram {
  const range = union(a, b);
  checkSpread(range, a.counts.length);
  const counts = addCounts(stretch(a, range), stretch(b, range));
  return { ...range, edges: edgesOf(range, counts.length), counts };
}

/** torch.histc: `i = trunc((x - min) · bins / (max - min))` in float32; the last edge is inside. */
function histc(values: Float32Array, range: ValueRange, bins: number): Histogram {
  checkSpread(range, bins);
  const edges = edgesOf(range, bins);
  const first = edges[0]!;
  const width = f32(edges[bins]! - first);
  const counts = new Array<number>(bins).fill(0);
  for (const x of values) {
    // No width is left where float32 cannot tell a large value from its neighbours at ±1.
    const bin = width === 0 ? Math.floor(bins / 2) : Math.trunc(f32(f32(f32(x - first) * bins) / width));
    counts[Math.min(bin, bins - 1)]!++;
  }
  return { ...range, edges, counts };
}

/** A range of one value gets room of 1 on both sides. */
function edgesOf({ min, max }: ValueRange, bins: number): number[] {
  return min === max ? linspace(f32(min - 1), f32(max + 1), bins) : linspace(min, max, bins);
}

/** The counts over a range that contains the histogram's own. */
function stretch(histogram: Histogram, range: ValueRange): readonly number[] {
  const { min, max, counts } = histogram;
  if (min === range.min && max === range.max) return counts;
  const bins = counts.length;
  if (min === max) {
    const total = sum(counts);
    return histc(Float32Array.of(min), range, bins).counts.map((count) => count * total);
  }
  const halfPiece = f32(0.5 * f32(f32(max - min) / (bins * PIECES)));
  const pieces = linspace(min, max, bins * PIECES);
  const edges = linspace(range.min, range.max, bins);
  const stretched = new Array<number>(bins).fill(0);
  let bin = 0;
  for (let piece = 0; piece < bins * PIECES; piece++) {
    const middle = f32(pieces[piece]! + halfPiece);
    while (bin < bins - 1 && middle >= edges[bin + 1]!) bin++;
    stretched[bin]! += counts[Math.floor(piece / PIECES)]! / PIECES;
  }
  return stretched;
}

/** torch.linspace: from the start up to the middle, from the end beyond it; some edges may coincide. */
function linspace(start: number, stop: number, count: number): number[] {
  const step = f32(f32(stop - start) / count);
  return Array.from({ length: count + 1 }, (_, i) =>
    i < (count + 1) >> 1 ? f32(start + f32(step * i)) : f32(stop - f32(step * (count - i))),
  );
}
