import { checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkAllFinite, checkScale } from "./arguments.js";
import type { CodeRange } from "./code-type.js";
import { groupsOf } from "./groups.js";
import { type Recipe, recipeOf } from "./recipe.js";
import { roundHalfAwayFromZero, roundHalfToEven } from "./round.js";
import type { Granularity, QuantParams, QuantScheme, ValueRange } from "./scheme.js";

/** float32's machine epsilon, 2^-23: the smallest scale of torch's observers. */
const epsilon = 2 ** -23;
/** The smallest normal float32 number, 2^-126: ONNX Runtime replaces a scale below it. */
const tiny = 2 ** -126;

/**
 * The codes at which a scheme saturates.
 *
 * ONNX's QuantizeLinear knows the type only, so its codes saturate at the type's ends; the other conventions
 * saturate where the range ends: -127 for the lecture's and TensorFlow Lite's symmetric int8, the reduced
 * range of torch (as in its fake quantization).
 *
 * @throws LabError for a type outside of 2 to 16 bits, and for what the convention does not define.
 *
 * @example
 * ```ts
 * codeRange({ convention: "tflite", type: "int8", symmetric: true, granularity: { per: "tensor" } }); // { codeMin: -127, codeMax: 127 }
 * ```
 */
export function codeRange(scheme: QuantScheme): CodeRange {
  return recipeOf(scheme).limits;
}

/**
 * Scales and zero points for groups whose smallest and largest values are known, such as from an observer.
 * Every range is widened to hold 0, so that 0 has a code.
 *
 * @throws LabError for no ranges, a bound that is not finite, min > max, a range whose scale or whose outermost
 *   number float32 can't hold, and for what the convention does not define.
 *
 * @example
 * ```ts
 * const scheme = { convention: "lecture", type: "uint8", symmetric: false, granularity: { per: "tensor" } } as const;
 * const { scales, zeroPoints } = paramsFromRanges([{ min: -2.5, max: 3 }], scheme);
 * scales; // Float64Array [0.021568627450980392]
 * zeroPoints; // Int32Array [116]
 * ```
 */
export function paramsFromRanges(ranges: readonly ValueRange[], scheme: QuantScheme): QuantParams {
  const recipe = recipeOf(scheme);
  checkNotEmpty(ranges, "the list of ranges");
  if (scheme.granularity.per === "tensor" && ranges.length !== 1) {
    throw new LabError(
      "BAD_LENGTH",
      `a tensor has one range, got ${ranges.length}`,
      'For more ranges than one, use a granularity per "channel" or "block".',
    );
  }
  const numbers = ranges.map((range) => groupParams(range, recipe));
  for (const group of numbers) checkGroup(group, recipe);
  return {
    ...scheme,
    ...recipe.limits,
    scales: Float64Array.from(numbers, ({ scale }) => scale),
    zeroPoints: Int32Array.from(numbers, ({ zeroPoint }) => zeroPoint),
  };
}

/** Throws a LabError unless the codes over which the range is spread all stand for finite float32 numbers. */
function checkGroup({ scale, zeroPoint }: { scale: number; zeroPoint: number }, { span }: Recipe): void {
  checkScale(scale);
  // Near the smallest float64 numbers a scale can't be rounded to a few bits' precision.
  if (zeroPoint < span.codeMin || zeroPoint > span.codeMax) {
    throw new LabError(
      "BAD_SCALE",
      `scale ${scale} puts the zero point at ${zeroPoint}, outside of the codes ${span.codeMin} to ${span.codeMax}`,
      "Scale the data up: the range is absurdly narrow.",
    );
  }
  const farthest = Math.max(span.codeMax - zeroPoint, zeroPoint - span.codeMin);
  if (Number.isFinite(Math.fround(scale * farthest))) return;
  throw new LabError(
    "BAD_SCALE",
    `with scale ${scale} and zero point ${zeroPoint}, the codes from ${span.codeMin} to ${span.codeMax} reach beyond float32`,
    "Scale the data down, or look for a training run that diverged.",
  );
}

/**
 * Scales and zero points for a tensor, from the smallest and the largest value of each of its groups.
 *
 * @throws LabError for an empty tensor, NaN, an infinity, an axis that the tensor lacks, a range too wide for
 *   its scale, and for what the convention does not define.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const scheme = { convention: "tflite", type: "int8", symmetric: true, granularity: { per: "channel", axis: 0 } } as const;
 * paramsFromData(tensor([2, 2], [127, 0, 0, -254]), scheme).scales; // Float64Array [1, 2]
 * ```
 */
export function paramsFromData(x: Tensor, scheme: QuantScheme): QuantParams {
  // What is no scheme is refused before the data are looked at.
  recipeOf(scheme);
  return paramsFromRanges(rangesOfGroups(x, scheme.granularity), scheme);
}

/** The smallest and the largest value of each group. */
export function rangesOfGroups(x: Tensor, granularity: Granularity): ValueRange[] {
  checkTensor(x, "x");
  checkNotEmpty(x.data, "x");
  checkAllFinite(x.data);
  const groups = groupsOf(x.shape, granularity);
  const min = new Float32Array(groups.count).fill(Number.POSITIVE_INFINITY);
  const max = new Float32Array(groups.count).fill(Number.NEGATIVE_INFINITY);
  groups.forEachRun((start, end, group) => {
    let low = min[group]!;
    let high = max[group]!;
    for (let i = start; i < end; i++) {
      const value = x.data[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    min[group] = low;
    max[group] = high;
  });
  return Array.from(min, (low, group) => ({ min: low, max: max[group]! }));
}

/** Scale and zero point of one group. */
export function groupParams(range: ValueRange, recipe: Recipe): { scale: number; zeroPoint: number } {
  const real = realRange(range, recipe);
  const raw = rawScale(real, recipe);
  const degenerate = isDegenerate(real, raw, recipe);
  const scale = storedScale(raw, degenerate, recipe);
  const zeroPoint = recipe.symmetric
    ? symmetricZeroPoint(degenerate, recipe)
    : affineZeroPoint(real, { raw, scale, degenerate }, recipe);
  return { scale, zeroPoint };
}

/** [min, max] with 0, and for symmetric codes [-m, m]; in float32 unless the scale is float64. */
function realRange({ min, max }: ValueRange, { symmetric, scalePrecision }: Recipe): ValueRange {
  const round = scalePrecision === "float64" ? (value: number) => value : Math.fround;
  if (!(Number.isFinite(round(min)) && Number.isFinite(round(max)) && min <= max)) {
    throw new LabError(
      "BAD_RANGE",
      `min and max must be finite with min <= max, got ${min} and ${max}`,
      "Take them over the data, after removing NaN and infinities.",
    );
  }
  const low = Math.min(round(min), 0);
  const high = Math.max(round(max), 0);
  if (!symmetric) return { min: low, max: high };
  const largest = Math.max(-low, high);
  return { min: -largest, max: largest };
}

/** S = (max - min) / (codeMax - codeMin); for symmetric codes m / ((codeMax - codeMin) / 2). */
function rawScale({ min, max }: ValueRange, { symmetric, span, scalePrecision }: Recipe): number {
  const steps = span.codeMax - span.codeMin;
  if (scalePrecision !== "float32") return symmetric ? max / (steps / 2) : (max - min) / steps;
  return Math.fround(symmetric ? max / (steps / 2) : Math.fround(max - min) / steps);
}

/** Whether the range is so narrow that it gets no scale of its own. */
function isDegenerate(
  { min, max }: ValueRange,
  raw: number,
  { smallestScale, scalePrecision }: Recipe,
): boolean {
  if (smallestScale === "below tiny becomes 1") return raw < tiny;
  // In float64 a range that is not empty and whose scale is 0 is refused; in float32 it counts as empty.
  return scalePrecision === "float64" ? min === max : Math.fround(raw) === 0;
}

/** The scale that is kept: not zero, and float32 where the convention stores float32. */
function storedScale(raw: number, degenerate: boolean, { smallestScale, scalePrecision }: Recipe): number {
  if (smallestScale === "at least epsilon") return Math.max(raw, epsilon);
  if (degenerate) return 1;
  return scalePrecision === "float64" ? raw : Math.fround(raw);
}

interface GroupScale {
  readonly raw: number;
  readonly scale: number;
  readonly degenerate: boolean;
}

/** The code of 0: Z = codeMin - min / S, rounded as the convention does. */
function affineZeroPoint({ min }: ValueRange, group: GroupScale, { zeroPointRule, span }: Recipe): number {
  const { codeMin } = span;
  switch (zeroPointRule) {
    case "lecture":
    case "onnxruntime":
    case "onnxruntime's blocks":
      // By the scale before it is stored: a float64 number, but for blocks.
      return group.degenerate ? 0 : roundHalfToEven(codeMin - min / group.raw);
    case "torch":
      return clamp(codeMin - roundHalfToEven(Math.fround(min / group.scale)), span);
    case "tflite":
      return clamp(roundHalfAwayFromZero(Math.fround(codeMin - Math.fround(min / group.scale))), span);
  }
}

/** The code of 0 where the range is symmetric: the middle of the codes, 0 for signed ones. */
function symmetricZeroPoint(degenerate: boolean, { zeroPointRule, span }: Recipe): number {
  const { codeMin, codeMax } = span;
  if (codeMin < 0 && zeroPointRule !== "onnxruntime") return 0;
  switch (zeroPointRule) {
    case "onnxruntime":
      return degenerate ? 0 : roundHalfToEven((codeMin + codeMax) / 2);
    case "torch":
      // 128 for a byte, but the middle rounded down for ranges that torch calls customized.
      return codeMax === 255 || codeMax === 65535 ? (codeMax + 1) / 2 : Math.floor((codeMin + codeMax) / 2);
    default:
      return roundHalfToEven((codeMin + codeMax) / 2);
  }
}

function clamp(code: number, { codeMin, codeMax }: CodeRange): number {
  return Math.min(Math.max(code, codeMin), codeMax);
}
