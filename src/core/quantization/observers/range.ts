import { LabError } from "../../errors.js";
import type { ValueRange } from "../scheme.js";

/** The smallest and the largest of some values. Adding 0 turns -0 into 0. */
export function rangeOfValues(values: Float32Array): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min: min + 0, max: max + 0 };
}

/**
 * The moving average of both ends, in float32: `m ← m + c (x - m)`.
 *
 * @see torch.ao.quantization.MovingAverageMinMaxObserver, PyTorch 2.13
 */
export function movingAverage(state: ValueRange, batch: ValueRange, c: number): ValueRange {
  const f32 = Math.fround;
  const move = (m: number, x: number) => f32(m + f32(f32(c) * distance(m, x)));
  return { min: move(state.min, batch.min), max: move(state.max, batch.max) };
}

/** x - m in float32. */
function distance(m: number, x: number): number {
  const between = Math.fround(x - m);
  if (Number.isFinite(between)) return between;
  throw new LabError(
    "BAD_RANGE",
    `a moving average can't go from ${m} towards ${x}: float32 holds no such distance`,
    "Look for a training run that diverged; a min-max observer takes such values.",
  );
}

/**
 * What the average would be, had b's n batches followed a's. b began at its first batch x₁ instead of a, and
 * its n - 1 further steps each kept 1 - c of that beginning, so
 *
 *     m = b + (1 - c)^n (a - x₁)
 */
export function joinAverages(
  a: ValueRange,
  b: ValueRange,
  firstOfB: ValueRange,
  batchesOfB: number,
  c: number,
): ValueRange {
  const kept = (1 - c) ** batchesOfB;
  const join = (end: "min" | "max") => Math.fround(b[end] + kept * (a[end] - firstOfB[end]));
  const joined = { min: join("min"), max: join("max") };
  if (Number.isFinite(joined.min) && Number.isFinite(joined.max)) return joined;
  throw new LabError(
    "BAD_RANGE",
    `the average from ${joined.min} to ${joined.max} lies beyond float32`,
    "Look for a training run that diverged, or for an observer that was stored by hand.",
  );
}
