import { LabError } from "../errors.js";
import { kernelOf } from "../model/kernel.js";
import type { LayerGraph } from "../model/layer-graph.js";
import { type Cost, costAtRank } from "./cost.js";
import { layerFor, rankCostOf } from "./layer.js";
import { decompose, type PairMethod } from "./pairs.js";
import { energyOfRank, errorOfRank } from "./rank.js";

export interface LowRankReport {
  /** What the layer costs as it is. */
  readonly original: Cost;
  readonly rows: readonly LowRankRow[];
}

export interface LowRankRow extends Cost {
  readonly rank: number;
  /** The share of the kernel's energy that is kept, from 0 to 1. */
  readonly energy: number;
  /** ‖K - K'‖ / ‖K‖ of the kernel, in the Frobenius norm. */
  readonly error: number;
}

export interface ReportOptions {
  /** "dense" for a Dense, "channel" or "spatial" for a Conv2D. */
  readonly method: PairMethod;
  /** All from 1 to the full rank. */
  readonly ranks?: readonly number[];
}

/**
 * What a layer keeps and costs at each rank, as a product of two: the rows of a table, or the points of a plot.
 *
 * @throws LabError for a method that gives no product of two, a layer that is not there or of another kind, a rank
 *   out of range, and a graph whose shapes aren't known.
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 2] }, inputs: [], weights: [] };
 * const kernel = { shape: [2, 2], data: Float32Array.of(4, 0, 0, 3) };
 * const dense = { name: "d", kind: "Dense", config: { units: 2 }, inputs: ["in"], weights: [kernel] };
 * const { original, rows } = lowRankReport({ nodes: [input, dense], outputs: ["d"] }, "d", { method: "dense" });
 * original; // { parameters: 4, macs: 4 }
 * rows[0]; // { rank: 1, energy: 0.64, error: 0.6, parameters: 4, macs: 4 }
 * ```
 */
export function lowRankReport(graph: LayerGraph, name: string, options: ReportOptions): LowRankReport {
  const { method, ranks } = options ?? {};
  checkMethod(method);
  const node = layerFor(graph, name, method);
  const { singularValues } = decompose(kernelOf(graph, name), method);
  const cost = rankCostOf(graph, node, method);
  const wanted = ranks ?? Array.from(singularValues, (_, i) => i + 1);
  return {
    original: cost.original,
    rows: wanted.map((rank) => ({
      rank,
      energy: energyOfRank(singularValues, rank),
      error: errorOfRank(singularValues, rank),
      ...costAtRank(cost, rank),
    })),
  };
}

function checkMethod(method: PairMethod): void {
  if (method === "dense" || method === "channel" || method === "spatial") return;
  throw new LabError(
    "BAD_METHOD",
    `there is no report by the method ${String(method)}`,
    'Use "dense" for a Dense, and "channel" or "spatial" for a Conv2D.',
  );
}
