import { checkInteger, checkNumber, wrongKind } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Granularity, ValueRange } from "../scheme.js";
import { granularityOf } from "./groups.js";
import type { Histogram } from "./histogram.js";
import { checkPlain, shown } from "./plain.js";

/** How ranges are to be found. What is left out has the value that `observer` documents. */
export type ObserverOptions =
  | { readonly kind: "min-max"; readonly granularity?: Granularity }
  | {
      readonly kind: "moving-average";
      readonly granularity?: Granularity;
      /** What a new batch counts for, in (0, 1]: 0.01. */
      readonly averagingConstant?: number;
    }
  | {
      readonly kind: "percentile";
      readonly granularity?: Granularity;
      /** 2048. */
      readonly bins?: number;
      /** How many of 100 values the range keeps: 99.999. */
      readonly percentile?: number;
      /** Whether magnitudes are counted: true. */
      readonly symmetric?: boolean;
    }
  | {
      readonly kind: "histogram";
      readonly granularity?: Granularity;
      /** 2048. */
      readonly bins?: number;
      /** Bits of a code: 8. */
      readonly bits?: number;
    }
  | {
      readonly kind: "entropy";
      readonly granularity?: Granularity;
      /** 2048. ONNX Runtime's default of 128 leaves one candidate, the whole range. */
      readonly bins?: number;
      /** 128. */
      readonly quantizedBins?: number;
    }
  | {
      readonly kind: "mse";
      readonly granularity?: Granularity;
      /** 2048. */
      readonly bins?: number;
      /** Bits of a code: 8. */
      readonly bits?: number;
      /** Whether the range is to be ±T: false. */
      readonly symmetric?: boolean;
    };

/** What the kinds that keep two numbers a group have seen. */
export interface RangeGroup extends ValueRange {
  /** The range of the first batch. */
  readonly first: ValueRange;
}

interface Common {
  readonly granularity: Granularity;
  /** Batches observed so far. */
  readonly batches: number;
}

interface Ranges extends Common {
  /** One a group, in the order of scales; none before the first batch. */
  readonly groups: readonly RangeGroup[];
}

interface Histograms extends Common {
  readonly bins: number;
  /** One a group, in the order of scales; none before the first batch. */
  readonly groups: readonly Histogram[];
}

export type RangeObserver =
  | (Ranges & { readonly kind: "min-max" })
  | (Ranges & { readonly kind: "moving-average"; readonly averagingConstant: number });

export type HistogramObserver =
  | (Histograms & { readonly kind: "percentile"; readonly percentile: number; readonly symmetric: boolean })
  | (Histograms & { readonly kind: "histogram"; readonly bits: number })
  | (Histograms & { readonly kind: "entropy"; readonly quantizedBins: number })
  | (Histograms & { readonly kind: "mse"; readonly bits: number; readonly symmetric: boolean });

/** What an observer has seen: plain data, never changed. */
export type Observer = RangeObserver | HistogramObserver;

/**
 * An observer that has seen nothing yet.
 *
 * | kind | range | as |
 * |---|---|---|
 * | `min-max` | smallest and largest value | PyTorch's MinMaxObserver, PerChannelMinMaxObserver |
 * | `moving-average` | of smallest and largest; the first batch begins it | PyTorch's MovingAverageMinMaxObserver |
 * | `percentile` | keeps a share of the values | ONNX Runtime's percentile calibration |
 * | `histogram` | least squared error, searched from outside in | PyTorch's HistogramObserver |
 * | `entropy` | least Kullback-Leibler divergence | ONNX Runtime's entropy calibration |
 * | `mse` | least squared error of codes of `bits` bits | ours |
 *
 * Granularity is per tensor unless given.
 *
 * @throws LabError for an unknown kind or granularity, bins under 2 or over 16384 (8192 for `entropy`), bits
 *   outside 2 to 16, a percentile outside 0 to 100, an averaging constant outside (0, 1], more quantized bins than
 *   bins.
 *
 * @example
 * ```ts
 * observer({ kind: "moving-average" }).averagingConstant; // 0.01
 * ```
 */
export function observer<Options extends ObserverOptions>(
  options: Options,
): Extract<Observer, { readonly kind: Options["kind"] }>;
export function observer(options: ObserverOptions): Observer {
  if (typeof options !== "object" || options === null) {
    throw wrongKind("the options", options, 'Give { kind: "min-max" }, or another kind.');
  }
  const made = withDefaults(options);
  checkOptions(made);
  return made;
}

function withDefaults(options: ObserverOptions): Observer {
  const { granularity = { per: "tensor" } } = options;
  const common = { granularity: granularityOf(granularity), batches: 0, groups: [] };
  switch (options.kind) {
    case "min-max":
      return { kind: options.kind, ...common };
    case "moving-average": {
      const { kind, averagingConstant = 0.01 } = options;
      return { kind, ...common, averagingConstant };
    }
    case "percentile": {
      const { kind, bins = 2048, percentile = 99.999, symmetric = true } = options;
      return { kind, ...common, bins, percentile, symmetric };
    }
    case "histogram": {
      const { kind, bins = 2048, bits = 8 } = options;
      return { kind, ...common, bins, bits };
    }
    case "entropy": {
      const { kind, bins = 2048, quantizedBins = 128 } = options;
      return { kind, ...common, bins, quantizedBins };
    }
    case "mse": {
      const { kind, bins = 2048, bits = 8, symmetric = false } = options;
      return { kind, ...common, bins, bits, symmetric };
    }
    default:
      throw unknownKind((options satisfies never as { kind?: unknown }).kind);
  }
}

const kinds = ["min-max", "moving-average", "percentile", "histogram", "entropy", "mse"];

/** Throws a LabError for what is no observer, or one of an unknown kind. */
export function checkKind(state: Observer): void {
  if (typeof state !== "object" || state === null || state instanceof Promise) {
    throw wrongKind("the observer", state, "Make one with observer.");
  }
  if (!kinds.includes(state.kind)) throw unknownKind(state.kind);
}

function unknownKind(kind: unknown): LabError {
  return new LabError(
    "BAD_KIND",
    `there is no observer of kind ${shown(kind)}`,
    `Choose ${kinds.join(", ")}.`,
  );
}

/** Finding a range takes time with the square of the bins: `entropy` takes half a second with so many. */
const MOST_BINS = { entropy: 8192, others: 16384 };

/** Throws a LabError unless the options of a state are in their bounds. */
function checkOptions(state: Observer): void {
  const { granularity: _, groups: __, ...plain } = state;
  for (const [name, value] of Object.entries(plain)) checkPlain(value, name);
  if ("bins" in state) {
    checkInteger(state.bins, "bins", 2, state.kind === "entropy" ? MOST_BINS.entropy : MOST_BINS.others);
  }
  if ("bits" in state) checkInteger(state.bits, "bits", 2, 16);
  if ("symmetric" in state) checkBoolean(state.symmetric, "symmetric");
  if (state.kind === "percentile") checkNumber(state.percentile, "percentile", 0, 100);
  if (state.kind === "entropy") checkInteger(state.quantizedBins, "quantizedBins", 2, state.bins);
  if (state.kind === "moving-average" && !(state.averagingConstant > 0 && state.averagingConstant <= 1)) {
    throw new LabError(
      "BAD_NUMBER",
      `averagingConstant must be in (0, 1], got ${state.averagingConstant}`,
      "PyTorch's default is 0.01.",
    );
  }
}

function checkBoolean(value: unknown, name: string): void {
  if (typeof value === "boolean") return;
  throw new LabError("BAD_OPTION", `${name} must be true or false, got ${shown(value)}`, `Change ${name}.`);
}
