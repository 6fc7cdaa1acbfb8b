import { wrongKind } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkSpread, type Histogram } from "./histogram.js";
import { shown } from "./plain.js";
import { checkKind, type HistogramObserver, type Observer, type ObserverOptions, observer } from "./state.js";

/**
 * An observer as JSON text, which `parseObserver` reads again without loss.
 *
 * @throws LabError for what is no observer, or holds what JSON can't.
 *
 * @example
 * ```ts
 * import { observer } from "edgelab/core/quantization";
 * const text = serializeObserver(observer({ kind: "min-max" }));
 * text; // '{"kind":"min-max","granularity":{"per":"tensor"},"batches":0,"groups":[]}'
 * ```
 */
export function serializeObserver(state: Observer): string {
  checkKind(state);
  try {
    return JSON.stringify(state);
  } catch (cause) {
    throw bad("what is no plain data", { cause });
  }
}

/**
 * The observer that a text of `serializeObserver` holds.
 *
 * @throws LabError for text that is no JSON, an unknown kind, an option out of bounds, and for ranges, edges or
 *   counts that no data could have left: beyond float32, or counts beyond 2^53.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { observe, observer, rangesOf } from "edgelab/core/quantization";
 * const seen = observe(observer({ kind: "percentile" }), tensor([3], [-1, 0, 2]));
 * const read = parseObserver(serializeObserver(seen));
 * rangesOf(read)[0].min; // -1
 * parseObserver("{}"); // throws "no observer of kind undefined"
 * ```
 */
export function parseObserver(text: string): Observer {
  const raw = asRecord(readJson(text), "the text");
  const granularity = asRecord(raw.granularity ?? { per: "tensor" }, "granularity");
  // `observer` checks kind and options, and drops what is no option.
  const empty: Observer = observer({ ...raw, granularity } as unknown as ObserverOptions);
  const batches = asCount(raw.batches, "batches");
  const groups = asList(raw.groups, "groups").map((group, i) => asRecord(group, `groups[${i}]`));
  if ((batches === 0) !== (groups.length === 0)) {
    throw bad(`${batches} batches and ${groups.length} groups`);
  }
  if (granularity.per === "tensor" && groups.length > 1) throw bad(`${groups.length} groups of one tensor`);
  if (empty.kind === "min-max" || empty.kind === "moving-average") {
    return { ...empty, batches, groups: groups.map(readRangeGroup) };
  }
  const histograms = groups.map(readHistogram);
  for (const { counts } of histograms) {
    // A histogram of kind `histogram` keeps its bins, the others can grow.
    if (counts.length < empty.bins || (empty.kind === "histogram" && counts.length > empty.bins)) {
      throw bad(`${counts.length} counts with ${empty.bins} bins`);
    }
  }
  for (const histogram of histograms) checkReach(empty, histogram);
  return { ...empty, batches, groups: histograms };
}

/** As when it was observed: float32 can compute with the edges, and with the ends unless magnitudes are counted. */
function checkReach(state: HistogramObserver, { min, max, edges }: Histogram): void {
  const factor = state.kind === "histogram" ? state.bins : 1;
  checkSpread({ min: edges[0]!, max: edges[edges.length - 1]! }, factor);
  if (!(state.kind === "percentile" && state.symmetric)) checkSpread({ min, max }, factor);
}

type Fields = Readonly<Record<string, unknown>>;

function readRangeGroup(group: Fields, index: number) {
  const what = `groups[${index}]`;
  return {
    ...readRange(group, what),
    first: readRange(asRecord(group.first, `${what}.first`), `${what}.first`),
  };
}

function readHistogram(group: Fields, index: number) {
  const what = `groups[${index}]`;
  const edges = asList(group.edges, `${what}.edges`).map((x, i) => asFinite(x, `${what}.edges[${i}]`));
  const counts = asList(group.counts, `${what}.counts`).map((x, i) => asShare(x, `${what}.counts[${i}]`));
  if (counts.length === 0 || edges.length !== counts.length + 1) {
    throw bad(`${edges.length} edges and ${counts.length} counts in ${what}`);
  }
  if (!edges.every((edge, i) => i === 0 || edge >= edges[i - 1]!)) throw bad(`falling edges in ${what}`);
  if (!counts.some((count) => count > 0)) throw bad(`no counts in ${what}`);
  return { ...readRange(group, what), edges, counts };
}

function readRange({ min, max }: Fields, what: string) {
  const range = { min: asFinite(min, `${what}.min`), max: asFinite(max, `${what}.max`) };
  if (range.min > range.max) throw bad(`min ${range.min} above max ${range.max} in ${what}`);
  return range;
}

function readJson(text: string): unknown {
  if (typeof text !== "string") {
    throw wrongKind("the text", text, "Read a text that serializeObserver wrote.");
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(`text that is no JSON, beginning with ${JSON.stringify(text.slice(0, 20))}`, { cause });
  }
}

function asRecord(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw bad(`${what} that is no object`);
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(`${what} that is no list`);
}

/** All that is observed is float32. */
function asFinite(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value;
  throw bad(`${shown(value)} as ${what}`);
}

/** How many values a bin holds; PyTorch's way of merging leaves sixteenths. */
function asShare(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= 2 ** 53) return value;
  throw bad(`${shown(value)} as ${what}`);
}

function asCount(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(`${shown(value)} as ${what}`);
}

function bad(problem: string, options?: ErrorOptions): LabError {
  return new LabError(
    "BAD_OBSERVER",
    `a stored observer cannot hold ${problem}`,
    "Read a text that serializeObserver wrote.",
    options,
  );
}
