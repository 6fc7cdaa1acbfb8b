import { LabError } from "../../errors.js";

/** numpy's float32 arithmetic, one rounding an operation, so that bins are numpy's to the last count. */

const f32 = Math.fround;

/**
 * `count + 1` edges from start to stop: `edge_i = start + i · step`, the last one exactly stop.
 *
 * @throws LabError where float32 cannot tell neighbouring edges apart, as numpy's `histogram` does.
 * @see numpy.linspace, numpy 2.4, numpy/_core/function_base.py
 */
export function linspace(start: number, stop: number, count: number): number[] {
  const delta = f32(stop - start);
  const step = f32(delta / count);
  const edges = Array.from({ length: count + 1 }, (_, i) =>
    // A step that underflows to 0 is taken apart: i / count · delta.
    f32((step === 0 ? f32(f32(i / count) * delta) : f32(i * step)) + start),
  );
  edges[count] = stop;
  for (let i = 0; i < count; i++) {
    if (!(edges[i]! < edges[i + 1]!)) {
      throw new LabError(
        "BAD_RANGE",
        `float32 holds no ${count} bins between ${start} and ${stop}`,
        "Use fewer bins, or a min-max observer.",
      );
    }
  }
  return edges;
}

/**
 * Counts in bins of equal width. A value outside of the edges is not counted; the last edge is inside.
 *
 *     i = floor((x - first) / (last - first) · bins), moved by one where the edges say so
 *
 * @see numpy.histogram, numpy 2.4, numpy/lib/_histograms_impl.py
 */
export function countInEqualBins(values: Float32Array, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const first = edges[0]!;
  const last = edges[bins]!;
  const width = f32(last - first);
  const counts = new Array<number>(bins).fill(0);
  for (const x of values) {
    if (x < first || x > last) continue;
    let i = Math.min(Math.trunc(f32(f32(f32(x - first) / width) * bins)), bins - 1);
    if (x < edges[i]!) i--;
    if (x >= edges[i + 1]! && i !== bins - 1) i++;
    counts[i]!++;
  }
  return counts;
}

/** Counts between edges at any distance, by bisection; outside values as in `countInEqualBins`. */
export function countBetween(values: Float32Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const x of values) {
    const i = binOf(x, edges);
    if (i >= 0) counts[i]!++;
  }
  return counts;
}

/** The bin that holds x, or -1 where x lies outside. */
export function binOf(x: number, edges: readonly number[]): number {
  const bins = edges.length - 1;
  if (x < edges[0]! || x > edges[bins]!) return -1;
  let low = 0;
  let high = bins;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x >= edges[middle]!) low = middle;
    else high = middle;
  }
  return low;
}

/** `floor(a / b)` for a >= 0 and b > 0 in float32. @see npy_floor_divide, numpy/_core/src/npymath */
export function floorDivide(a: number, b: number): number {
  const quotient = f32(f32(a - (a % b)) / b);
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}
