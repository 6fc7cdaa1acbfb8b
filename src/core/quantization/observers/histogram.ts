import { LabError } from "../../errors.js";
import type { ValueRange } from "../scheme.js";
import { binOf } from "./float32.js";

/** How often values lay between edges. */
export interface Histogram extends ValueRange {
  /** One more than there are bins, rising: bin i holds `edges[i] <= x < edges[i + 1]`, the last its end too. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** How one kind of histogram begins, takes in a batch, and takes in another histogram of its kind. */
export interface Collector {
  start(values: Float32Array, bins: number): Histogram;
  add(histogram: Histogram, values: Float32Array): Histogram;
  join(a: Histogram, b: Histogram): Histogram;
}

/** Bins that a histogram may grow to: 2^20, so 8 MB of counts. */
const MOST_BINS = 2 ** 20;

export function checkBinCount(bins: number, reach: number, most = MOST_BINS): void {
  if (bins <= most) return;
  throw new LabError(
    "TOO_MANY_BINS",
    `reaching ${reach} with the bin width of the first batch takes ${bins} bins, more than ${most}`,
    "Begin with a batch that has the data's usual range, or use fewer bins.",
  );
}

/** Edges that float32 arithmetic can compute. The factor covers the products of the callers. */
export function checkSpread({ min, max }: ValueRange, factor: number): void {
  if (Number.isFinite(Math.fround(Math.fround(max - min) * factor))) return;
  throw new LabError(
    "BAD_RANGE",
    `values from ${min} to ${max} are too far apart for float32 bins`,
    "Look for a training run that diverged; a min-max observer takes such values.",
  );
}

/** Each bin of `from` goes, whole, to the bin of `onto` that holds its centre. */
export function deposit(onto: Histogram, from: Histogram): Histogram {
  const counts = [...onto.counts];
  const last = onto.edges.length - 1;
  from.counts.forEach((count, i) => {
    if (count === 0) return;
    const center = (from.edges[i]! + from.edges[i + 1]!) / 2;
    const inside = Math.min(Math.max(center, onto.edges[0]!), onto.edges[last]!);
    counts[binOf(inside, onto.edges)]! += count;
  });
  return { ...union(onto, from), edges: onto.edges, counts };
}

export function union(a: ValueRange, b: ValueRange): ValueRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

export function sum(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

export function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, i) => count + b[i]!);
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
