import { checkNotEmpty, checkSparsity, describeKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { kernelOf, layersWithKernels } from "../model/kernel.js";
import type { LayerGraph } from "../model/layer-graph.js";
import { applyMasks, magnitudeMasks } from "./graph-masks.js";

export interface SensitivityOptions {
  /** How good a model is, such as its accuracy on examples that were not trained on. */
  readonly evaluate: (graph: LayerGraph) => number | Promise<number>;
  readonly sparsities: readonly number[];
  /** Left out: all that have a kernel. */
  readonly layers?: readonly string[];
  /** How one layer is pruned. Left out: its smallest weights become 0. */
  readonly prune?: (graph: LayerGraph, layer: string, sparsity: number) => LayerGraph;
  readonly onRow?: (row: SensitivityRow, at: { done: number; of: number }) => void;
  /** Ends the scan before the next model; the rows so far come back. */
  readonly signal?: AbortSignal;
}

export interface SensitivityRow {
  readonly layer: string;
  readonly sparsity: number;
  readonly score: number;
}

export interface Sensitivity {
  /** The score of the model as it is. */
  readonly baseline: number;
  readonly rows: readonly SensitivityRow[];
  readonly stopped: "finished" | "aborted";
}

/**
 * How much worse a model gets when one layer alone is pruned, without training after it: which layers can lose
 * much, and which can't.
 *
 * @throws LabError for no sparsities, one outside [0, 1), a layer without a kernel, and a score that is no number.
 * @see Han et al., "Learning both weights and connections" (2015), section 4.1 and Figure 6
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { kernelOf, sparsityOf } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * const { rows } = await sensitivityScan(graph, {
 *   evaluate: (pruned) => 1 - sparsityOf(kernelOf(pruned, "logits")),
 *   sparsities: [0.25, 0.75],
 * });
 * rows.map(({ score }) => score); // [1, 1, 1, 1, 0.75, 0.25]
 * ```
 */
export async function sensitivityScan(graph: LayerGraph, options: SensitivityOptions): Promise<Sensitivity> {
  const { sparsities, layers = layersWithKernels(graph), prune = pruneLayer, onRow, signal } = options;
  checkNotEmpty(sparsities, "the list of sparsities");
  sparsities.forEach(checkSparsity);
  for (const layer of layers) kernelOf(graph, layer);
  const baseline = await scoreOf(graph, options);
  const rows: SensitivityRow[] = [];
  const of = layers.length * sparsities.length;
  for (const layer of layers) {
    for (const sparsity of sparsities) {
      if (signal?.aborted) return { baseline, rows, stopped: "aborted" };
      const row = { layer, sparsity, score: await scoreOf(prune(graph, layer, sparsity), options) };
      rows.push(row);
      onRow?.(row, { done: rows.length, of });
    }
  }
  return { baseline, rows, stopped: "finished" };
}

function pruneLayer(graph: LayerGraph, layer: string, sparsity: number): LayerGraph {
  return applyMasks(graph, magnitudeMasks(graph, { sparsity: { [layer]: sparsity } }));
}

async function scoreOf(graph: LayerGraph, { evaluate }: SensitivityOptions): Promise<number> {
  const score = await evaluate(graph);
  if (typeof score !== "number" || Number.isNaN(score)) {
    throw new LabError(
      "NOT_A_NUMBER",
      `evaluate returned ${typeof score === "number" ? score : describeKind(score)}`,
      "Return a number: the accuracy, or the loss.",
    );
  }
  return score;
}
