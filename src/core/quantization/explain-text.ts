import type { Difference, Explanation, Reason } from "./explain.js";
import type { Granularity, QuantParams } from "./scheme.js";

/**
 * An explanation as text: how many codes differ, how often for which reason, and the first elements.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * import { explainDifference } from "edgelab/core/quantization";
 * const lecture = { convention: "lecture", type: "int8", symmetric: true, granularity: { per: "tensor" } } as const;
 * const explained = explainDifference(tensor([2], [127, 2.5]), lecture, { ...lecture, convention: "tflite" });
 * formatExplanation(explained).split("\n")[0]; // "lecture int8 symmetric and tflite int8 symmetric: 1 of 2 codes differ"
 * ```
 */
export function formatExplanation({ a, b, elements, differences }: Explanation, shown = 10): string {
  const counts = new Map<Reason["because"], number>();
  for (const { because } of differences.flatMap(({ reasons }) => reasons)) {
    counts.set(because, (counts.get(because) ?? 0) + 1);
  }
  const lines = [`${nameOf(a)} and ${nameOf(b)}: ${differences.length} of ${elements} codes differ`];
  for (const [because, count] of counts) lines.push(`  ${count} × ${meanings[because]}`);
  for (const difference of differences.slice(0, shown)) lines.push(lineOf(difference));
  if (differences.length > shown) lines.push(`  … and ${differences.length - shown} more`);
  return lines.join("\n");
}

const meanings: Record<Reason["because"], string> = {
  type: "type: signed and unsigned zero points round apart",
  granularity: "granularity: another group of elements shares the scale",
  range: "range: one is symmetric about 0, the other is not",
  "code-range": "code-range: the range is spread over other codes, so the divisor differs",
  scale: "scale: computed or kept with another precision",
  "smallest-scale": "smallest-scale: (nearly) nothing to spread, and another rule for it",
  "zero-point": "zero-point: computed or rounded in another way",
  division: "division: quotient or product with the reciprocal, and its precision",
  addition: "addition: the zero point is added before or after rounding",
  tie: "tie: half-way between two codes",
  saturation: "saturation: codes end elsewhere",
};

function nameOf({ convention, type, symmetric, granularity, reduceRange }: QuantParams): string {
  const reduced = reduceRange ? " in a reduced range" : "";
  return `${convention} ${type} ${symmetric ? "symmetric" : "affine"}${groupsOf(granularity)}${reduced}`;
}

function groupsOf(granularity: Granularity): string {
  if (granularity.per === "tensor") return "";
  const size = granularity.per === "block" ? ` of ${granularity.size}` : "";
  return ` per ${granularity.per}${size} along axis ${granularity.axis}`;
}

function lineOf({ index, value, codeA, codeB, reasons }: Difference): string {
  return `  [${index}] ${value}: ${codeA} and ${codeB}; ${reasons.map(textOf).join(", ")}`;
}

function textOf(reason: Reason): string {
  const change = `${reason.because} ${reason.change > 0 ? "+" : ""}${reason.change}`;
  switch (reason.because) {
    case "division":
    case "addition":
    case "tie":
      return `${change} (${reason.way.from} → ${reason.way.to})`;
    case "saturation":
      return `${change} ([${reason.limits.from}] → [${reason.limits.to}])`;
    default: {
      const { scale, zeroPoint } = reason;
      const moved = [];
      if (scale.from !== scale.to) moved.push(`scale ${scale.from} → ${scale.to}`);
      if (zeroPoint.from !== zeroPoint.to) moved.push(`zero point ${zeroPoint.from} → ${zeroPoint.to}`);
      return `${change} (${moved.join(", ")})`;
    }
  }
}
