import { checkFinite, checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import type { ValueRange } from "../scheme.js";
import { absolute } from "./absolute.js";
import { centered } from "./centered.js";
import { entropyRange } from "./entropy.js";
import { valuesByGroup } from "./groups.js";
import { type Collector, type Histogram, union } from "./histogram.js";
import { l2Range } from "./l2-search.js";
import { mseRange } from "./mse.js";
import { percentileRange } from "./percentile.js";
import { joinAverages, movingAverage, rangeOfValues } from "./range.js";
import {
  checkKind,
  type HistogramObserver,
  type Observer,
  type RangeGroup,
  type RangeObserver,
} from "./state.js";
import { torchHistogram } from "./torch.js";

/**
 * The observer after one more batch; the one passed in stays as it is. A batch has any shape that gives the same
 * number of groups each time.
 *
 * @throws LabError for an empty tensor, NaN, an infinity, a missing axis, another number of groups, an observer of an
 *   unknown kind, and for values that the histogram's float32 bins cannot tell apart or reach.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { observer } from "edgelab/core/quantization";
 * const empty = observer({ kind: "min-max" });
 * const seen = observe(observe(empty, tensor([2], [-1, 2])), tensor([3], [0, 5, 3]));
 * rangesOf(seen); // [{ min: -1, max: 5 }]
 * rangesOf(empty); // throws "observer has seen no batch"
 * ```
 */
export function observe<State extends Observer>(state: State, x: Tensor): State;
export function observe(state: Observer, x: Tensor): Observer {
  checkKind(state);
  checkTensor(x, "the batch");
  checkNotEmpty(x.data, "the batch");
  checkFinite(x.data, "the batch");
  const values = valuesByGroup(x, state.granularity);
  if (state.batches > 0) checkGroups(state.groups.length, values.length);
  const batches = state.batches + 1;
  if (isRange(state)) {
    return { ...state, batches, groups: values.map((group, i) => addToRange(state, i, group)) };
  }
  return { ...state, batches, groups: values.map((group, i) => addToHistogram(state, i, group)) };
}

function addToRange(state: RangeObserver, index: number, values: Float32Array): RangeGroup {
  const range = rangeOfValues(values);
  const known = state.groups[index];
  if (!known) return { ...range, first: range };
  return {
    ...(state.kind === "min-max"
      ? union(known, range)
      : movingAverage(known, range, state.averagingConstant)),
    first: known.first,
  };
}

function addToHistogram(state: HistogramObserver, index: number, values: Float32Array): Histogram {
  const known = state.groups[index];
  const collector = collectorOf(state);
  return known ? collector.add(known, values) : collector.start(values, state.bins);
}

/**
 * What one observer would have seen that was shown a's batches and then b's.
 *
 * Exact for `min-max`, for `moving-average` up to float32's rounding, and for histograms whose edges agree.
 * Other histograms lose where in a bin a value lay: `percentile`, `entropy` and `mse` keep the wider bins, and a
 * count moves by half a narrower bin at most; `histogram` cuts bins into 16 pieces as PyTorch does when a
 * batch widens its range. A histogram's smallest and largest value, and its number of values, stay exact.
 *
 * @throws LabError for two kinds, other options, another number of groups, and where the two together reach further
 *   than float32 bins or a float32 average.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { observer } from "edgelab/core/quantization";
 * const empty = observer({ kind: "min-max", granularity: { per: "channel", axis: 0 } });
 * const a = observe(empty, tensor([2, 2], [-1, 2, 7, 8]));
 * const b = observe(empty, tensor([2, 1], [3, 9]));
 * rangesOf(mergeObservers(a, b)); // [{ min: -1, max: 3 }, { min: 7, max: 9 }]
 * ```
 */
export function mergeObservers<State extends Observer>(a: State, b: State): State;
export function mergeObservers(a: Observer, b: Observer): Observer {
  checkKind(a);
  checkKind(b);
  if (optionsOf(a) !== optionsOf(b)) throw differing(a, b);
  if (b.batches === 0) return a;
  if (a.batches === 0) return b;
  checkGroups(a.groups.length, b.groups.length);
  const batches = a.batches + b.batches;
  if (isRange(a)) return { ...a, batches, groups: joinRanges(a, b as RangeObserver) };
  const { join } = collectorOf(a);
  const others = (b as HistogramObserver).groups;
  return { ...a, batches, groups: a.groups.map((group, i) => join(group, others[i]!)) };
}

function joinRanges(a: RangeObserver, b: RangeObserver): RangeGroup[] {
  return a.groups.map((group, i) => {
    const other = b.groups[i]!;
    const { first } = group;
    if (a.kind === "min-max") return { ...union(group, other), first };
    return { ...joinAverages(group, other, other.first, b.batches, a.averagingConstant), first };
  });
}

/**
 * The chosen range of each group, in the order of scales; one for a whole tensor.
 *
 * @throws LabError before the first batch, and for an `entropy` histogram that later batches stretched to more than
 *   16384 bins.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { observer } from "edgelab/core/quantization";
 * const x = tensor([1000], Array.from({ length: 1000 }, (_, i) => (i === 0 ? 100 : i / 1000)));
 * rangesOf(observe(observer({ kind: "min-max" }), x)); // [{ min: Math.fround(0.001), max: 100 }]
 * rangesOf(observe(observer({ kind: "percentile", percentile: 99 }), x))[0].max < 1; // true
 * ```
 */
export function rangesOf(state: Observer): ValueRange[] {
  checkSeen(state);
  if (isRange(state)) return state.groups.map(({ min, max }) => ({ min, max }));
  return state.groups.map((histogram) => chosenRange(state, histogram));
}

/** A histogram to draw, with the range chosen from it. */
export interface ObservedHistogram extends Histogram {
  readonly chosen: ValueRange;
}

/**
 * The histogram of each group with the range chosen from it: what a notebook plots. The symmetric `percentile`
 * counts magnitudes.
 *
 * @throws LabError before the first batch, and for the kinds that keep no histogram.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { observer } from "edgelab/core/quantization";
 * const seen = observe(observer({ kind: "histogram", bins: 4 }), tensor([5], [0, 1, 2, 3, 4]));
 * histogramOf(seen)[0].counts; // [1, 1, 1, 2]
 * histogramOf(seen)[0].edges; // [0, 1, 2, 3, 4]
 * ```
 */
export function histogramOf(state: Observer): ObservedHistogram[] {
  checkSeen(state);
  if (!isRange(state)) {
    return state.groups.map((histogram) => ({ ...histogram, chosen: chosenRange(state, histogram) }));
  }
  throw new LabError(
    "NO_HISTOGRAM",
    `an observer of kind ${state.kind} keeps no histogram`,
    "Choose kind histogram, percentile, entropy or mse.",
  );
}

function chosenRange(state: HistogramObserver, histogram: Histogram): ValueRange {
  switch (state.kind) {
    case "percentile":
      return percentileRange(histogram, state.percentile, state.symmetric);
    case "histogram":
      return l2Range(histogram, 2 ** state.bits);
    case "entropy":
      return entropyRange(histogram, state.quantizedBins);
    case "mse":
      return mseRange(histogram, state);
  }
}

function collectorOf(state: HistogramObserver): Collector {
  if (state.kind === "histogram") return torchHistogram;
  return state.kind === "percentile" && state.symmetric ? absolute : centered;
}

function isRange(state: Observer): state is RangeObserver {
  return state.kind === "min-max" || state.kind === "moving-average";
}

function checkSeen(state: Observer): void {
  checkKind(state);
  if (state.batches > 0) return;
  throw new LabError("EMPTY", "the observer has seen no batch", "Call observe with calibration data first.");
}

function checkGroups(known: number, given: number): void {
  if (known === given) return;
  throw new LabError(
    "BAD_SHAPE",
    `the observer has ${known} groups, but was given ${given}`,
    "Keep one observer for each tensor of the model, and its channels on the same axis.",
  );
}

function differing(a: Observer, b: Observer): LabError {
  return new LabError(
    "BAD_MERGE",
    `cannot merge ${optionsOf(a)} with ${optionsOf(b)}`,
    "Make both observers with the same options.",
  );
}

/** The options alone, as text. */
function optionsOf(state: Observer): string {
  const { granularity } = state;
  const { per, axis, size } = { axis: undefined, size: undefined, ...granularity };
  return JSON.stringify({
    ...state,
    granularity: { per, axis, size },
    batches: undefined,
    groups: undefined,
  });
}
