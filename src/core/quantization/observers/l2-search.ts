import type { ValueRange } from "../scheme.js";
import { type Histogram, sum } from "./histogram.js";

const f32 = Math.fround;

/** How much of all values each step of the search gives up. */
const STEP = 1e-5;

/**
 * The range whose quantization error over a histogram is least, found by giving up 1e-5 of the values at a time,
 * at the side where that skips more bins, until the error grows for the first time.
 *
 * Pinned to PyTorch 2.13. PyTorch adds the error up in float32, in an order that depends on the processor; here
 * it is float64. The bins chosen agree unless two errors lie within float32's rounding. Where float32 loses the
 * cubes (ranges below about 1e-12, and very large ones) PyTorch's search runs to its end; this one does not.
 *
 * @see HistogramObserver._non_linear_param_search, PyTorch 2.13, torch/ao/quantization/observer.py
 */
export function l2Range(histogram: Histogram, codes: number): ValueRange {
  const { min, max, counts } = histogram;
  const width = (max - min) / counts.length;
  const cumulative = runningSums(counts);
  const total = sum(counts);
  let [first, last] = [0, counts.length - 1];
  let [alpha, beta] = [0, 1];
  let least = Number.POSITIVE_INFINITY;
  while (alpha < beta) {
    let left = first;
    let right = last;
    while (left < last && cumulative[left]! < f32((alpha + STEP) * total)) left++;
    while (right > first && cumulative[right]! > f32((beta - STEP) * total)) right--;
    const moveFirst = left - first > last - right;
    if (moveFirst) alpha += STEP;
    else beta -= STEP;
    const [nextFirst, nextLast] = moveFirst ? [left, last] : [first, right];
    if (nextFirst === first && nextLast === last) continue;
    const error = quantizationError(counts, width, nextFirst, nextLast, codes);
    if (error > least) break;
    least = error;
    [first, last] = [nextFirst, nextLast];
  }
  const width32 = f32(f32(max - min) / counts.length);
  return { min: f32(min + f32(width32 * first)), max: f32(min + f32(width32 * (last + 1))) };
}

/**
 * The squared error of all values when the bins from `first` to `last` are divided among the codes, each of
 * which stands for the middle of its part, and values are spread evenly within a bin:
 *
 *     Σ_bins density · ∫ (x - code(x))² dx
 */
function quantizationError(
  counts: readonly number[],
  width: number,
  first: number,
  last: number,
  codes: number,
): number {
  const part = (width * (last - first + 1)) / codes;
  if (part === 0) return 0;
  const partOf = (x: number) => Math.min(Math.max(Math.floor(x / part), 0), codes - 1);
  let error = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue;
    const begin = (bin - first) * width;
    const end = begin + width;
    const [firstPart, lastPart] = [partOf(begin), partOf(end)];
    const density = counts[bin]! / width;
    error += density * integral(begin - (firstPart + 0.5) * part, part / 2);
    error += density * (lastPart - firstPart - 1) * integral(-part / 2, part / 2);
    error += density * integral(-part / 2, end - (lastPart + 0.5) * part);
  }
  return error;
}

/** `∫ x² dx` between two points. */
function integral(begin: number, end: number): number {
  return (end ** 3 - begin ** 3) / 3;
}

function runningSums(counts: readonly number[]): Float32Array {
  const sums = new Float32Array(counts.length);
  let running = 0;
  counts.forEach((count, i) => {
    running += count;
    sums[i] = running;
  });
  return sums;
}
