import { checkInteger, wrongKind } from "../../arguments.js";
import { largerSummand, termsBySize, windowBySize } from "./follow.js";
import type { AddTrace, IntegerTrace, PoolTrace, ProductTrace } from "./trace.js";
import type { Term } from "./trace-product.js";

export interface FormatOptions {
  /** How many terms or codes are printed, the largest first; the others are summed up. 8 if left out. */
  readonly limit?: number;
}

/**
 * A trace as a short text to read from top to bottom. What counts most comes first: it is marked, since
 * `followInteger` goes on from there.
 *
 * @throws LabError for what is no trace, and for a limit that is not an integer of 0 or more.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const at = { layer: "r", inputs: ["x"], index: [0, 1], inputIndex: [0, 1] };
 * const text = formatTrace({ kind: "relu", ...at, inputCode: -9, code: 0, value: 0, params });
 * text.split("\n")[1]; // "  code -9 at [0, 1] becomes 0, at least the zero point 0"
 * ```
 */
export function formatTrace(trace: IntegerTrace, { limit = 8 }: FormatOptions = {}): string {
  if (typeof trace?.kind !== "string") {
    throw wrongKind("the trace", trace, "Give one trace, of traceInteger, or one of those of followInteger.");
  }
  checkInteger(limit, "limit", 0);
  const { layer, index, kind, inputs } = trace;
  return [
    `${layer}[${index.join(", ")}]: ${kind} of ${inputs.join(" and ")}${"terms" in trace ? "; largest products first" : ""}`,
    ...steps(trace, limit),
    meaning(trace),
  ].join("\n  ");
}

function steps(trace: IntegerTrace, limit: number): string[] {
  switch (trace.kind) {
    case "dense":
    case "conv2d":
    case "depthwise-conv2d":
      return [...products(trace, limit), ...requantization(trace)];
    case "max-pool":
    case "average-pool":
    case "global-average-pool":
      return pooled(trace, limit);
    case "add":
      return addition(trace);
    case "flatten":
      return [`code ${trace.code} of [${trace.inputIndex.join(", ")}]`];
    case "relu": {
      const { inputIndex, inputCode, code, params } = trace;
      return [
        `code ${inputCode} at [${inputIndex.join(", ")}] becomes ${code}, at least the zero point ${params.zeroPoint}`,
      ];
    }
  }
}

const mark = "  ← followed";

function products(trace: ProductTrace, limit: number): string[] {
  const { inputZero, weightZero, sum } = trace;
  const terms = termsBySize(trace);
  const shown = terms.slice(0, limit);
  const rest = terms.slice(limit);
  const together = rest.reduce((total, { product }) => total + product, 0);
  const rows = [
    ["input", "code - zero", "weight", "code - zero", "product"],
    ...shown.map((term) => termRow(term, inputZero, weightZero)),
    ...(rest.length > 0 ? [[`${rest.length} more, together`, "", "", "", `${together}`]] : []),
    ["sum", "", "", "", `${sum}`],
  ];
  return table(rows).map((line, row) => (row === 1 && shown.length > 0 ? line + mark : line));
}

function termRow(term: Term, inputZero: number, weightZero: number): string[] {
  return [
    `[${term.inputIndex.join(", ")}]`,
    difference(term.inputCode, inputZero),
    `[${term.weightIndex.join(", ")}]`,
    difference(term.weightCode, weightZero),
    `${term.product}`,
  ];
}

function difference(code: number, zero: number): string {
  return `${code} - ${zero < 0 ? `(${zero})` : zero}`;
}

/** Columns as wide as their widest cell; the first and third start at the left, numbers end at the right. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column % 2 === 0 && column < 4 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((row) => row.map(pad).join("  "));
}

function requantization(trace: ProductTrace): string[] {
  const { sum, bias, accumulator, multiplier, rounding, rounded } = trace;
  const real = short(multiplier.real);
  const factor =
    multiplier.kind === "float32"
      ? `float32 ${short(multiplier.factor, 9)}`
      : `${multiplier.multiplier} · 2^(${multiplier.shift} - 31)`;
  return [
    `accumulator ${sum} + bias ${bias} = ${accumulator}`,
    `multiplier ${real} as ${factor}`,
    `${accumulator} · ${real} = ${short(accumulator * multiplier.real, 9)}, rounded (${rounding}) ${rounded}`,
    clamping(trace),
  ];
}

function clamping({ rounded, params, code }: ProductTrace | AddTrace): string {
  const { zeroPoint, codeMin, codeMax } = params;
  return `${rounded} + zero point ${zeroPoint}, within ${codeMin} and ${codeMax}: code ${code}`;
}

function pooled(trace: PoolTrace, limit: number): string[] {
  const { kind, code } = trace;
  const [first] = windowBySize(trace);
  const codes = windowBySize(trace).map(({ inputCode }) => inputCode);
  const shown = codes.slice(0, limit).join(", ");
  const rest = codes.length > limit ? `, and ${codes.length - limit} more` : "";
  const from = `followed: the code at [${first!.inputIndex.join(", ")}]`;
  if (kind === "max-pool") return [`codes ${shown}${rest}; largest first`, from, `the largest is ${code}`];
  const total = codes.reduce((a, b) => a + b, 0);
  return [
    `codes ${shown}${rest}; farthest from the zero point first`,
    from,
    `mean ${total} / ${codes.length} = ${short(total / codes.length)}, rounded ${code}`,
  ];
}

function addition(trace: AddTrace): string[] {
  const larger = largerSummand(trace);
  const lines = trace.summands.map(({ code, params, rescaled }, place) => {
    const value = short(params.scale * (code - params.zeroPoint));
    return `${short(params.scale)} · (${difference(code, params.zeroPoint)}) = ${value}, rescaled ${rescaled}${place === larger ? mark : ""}`;
  });
  return [
    ...lines,
    `sum in steps of the output, rounded (${trace.rounding}) ${trace.rounded}`,
    clamping(trace),
  ];
}

function meaning({ code, value, params: { scale, zeroPoint } }: IntegerTrace): string {
  return `it stands for ${short(scale)} · (${difference(code, zeroPoint)}) = ${short(value)}`;
}

/** A number with at most so many significant digits, and no zeros behind them. */
function short(x: number, digits = 6): string {
  return `${Number(x.toPrecision(digits))}`;
}
