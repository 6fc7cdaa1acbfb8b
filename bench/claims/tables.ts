import { type Claim, percent, verdictOf } from "./claim.js";

/** Claims that the lecture's own figures decide. */
export function tables(): readonly Claim[] {
  return [latencyReduction(), pareto()];
}

function latencyReduction(): Claim {
  const reduction = [2, 5].map((speedUp) => 1 - 1 / speedUp);
  return {
    slide: "TensorRT (NVIDIA): Overview",
    says: "Speedup 2–5×; latency reduced by 50–80 %",
    evidence: "computed",
    found: `1 − 1/2 = ${percent(reduction[0]!, 0)}, 1 − 1/5 = ${percent(reduction[1]!, 0)}: one statement, said twice`,
    verdict: verdictOf([reduction[0] === 0.5, Math.abs(reduction[1]! - 0.8) < 1e-9]),
    taught: "",
  };
}

/** The slide's rows: megabytes, milliseconds, percent. */
const rows = [
  ["ResNet-50", 98, 50, 76],
  ["+ Pruning 50%", 49, 40, 75],
  ["+ Quantization INT8", 12, 15, 74],
  ["MobileNet-v2", 14, 10, 72],
  ["MobileNet-v2 + Quantization", 3.5, 5, 71],
] as const;

function pareto(): Claim {
  const dominated = rows.filter(([, size, latency, accuracy]) =>
    rows.some(
      ([, s, l, a]) =>
        s <= size && l <= latency && a >= accuracy && (s < size || l < latency || a > accuracy),
    ),
  );
  return {
    slide: "Accuracy vs Efficiency Trade-off",
    says: "No single best model in the table of five",
    evidence: "computed",
    found: `${rows.length - dominated.length} of the ${rows.length} rows are on the Pareto frontier of size, latency and accuracy`,
    verdict: verdictOf([dominated.length === 0]),
    taught: "",
  };
}
