import { checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { findLayer, withWeights } from "../model/edit.js";
import type { LayerGraph } from "../model/layer-graph.js";
import type { Tensor } from "../tensor.js";
import { globalMagnitudeMasks, magnitudeMask } from "./magnitude.js";
import { applyMask, type Mask, maskCounts } from "./mask.js";

/** Masks of layers' kernels, by the layers' names. Biases and normalizations are not pruned: there is little to gain. */
export type Masks = ReadonlyMap<string, Mask>;

export interface MagnitudeMasksOptions {
  /** Which part of the weights goes, in [0, 1); by the layer's name, other layers stay whole. */
  readonly sparsity: number | Readonly<Record<string, number>>;
  /** layer: that part of each layer. global: that part of all together, wherever they are small. Left out: layer. */
  readonly scope?: "layer" | "global";
  /** What these remove stays removed, and counts; also if it is more than the sparsity asks for. */
  readonly previous?: Masks;
}

/**
 * The layers that have a kernel: convolutions, depthwise convolutions and dense layers, in the order of the graph.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * layersWithKernels(toLayerGraph(teachingCnn(seeded("a")))).length; // 4
 * ```
 */
export function layersWithKernels(graph: LayerGraph): string[] {
  const kinds = ["Conv2D", "DepthwiseConv2D", "Dense"];
  return graph.nodes.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
}

/**
 * The masks that remove a model's smallest weights, with `magnitudeMask` or `globalMagnitudeMasks`.
 *
 * @throws LabError for a sparsity outside [0, 1), NaN, the name of a layer without a kernel, and sparsities by
 * layer together with the scope global.
 * @see Han et al., "Learning both weights and connections" (2015), section 3
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { maskCounts } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const masks = magnitudeMasks(toLayerGraph(teachingMlp(seeded("a"))), { sparsity: 0.9 });
 * [...masks.values()].map((mask) => maskCounts(mask).kept); // [10035, 819, 64]
 * ```
 */
export function magnitudeMasks(graph: LayerGraph, options: MagnitudeMasksOptions): Masks {
  const { sparsity, scope = "layer", previous } = options;
  const layers = typeof sparsity === "number" ? layersWithKernels(graph) : Object.keys(sparsity);
  const magnitudes = layers.map((name) => standing(kernelOf(graph, name), previous?.get(name)));
  const masks = scope === "layer" ? eachLayer(layers, magnitudes, sparsity) : allLayers(magnitudes, sparsity);
  return new Map(layers.map((name, i) => [name, both(masks[i]!, previous?.get(name))]));
}

type Sparsities = MagnitudeMasksOptions["sparsity"];

function eachLayer(names: readonly string[], magnitudes: readonly Tensor[], sparsity: Sparsities): Mask[] {
  const part = (name: string): number => (typeof sparsity === "number" ? sparsity : sparsity[name]!);
  return magnitudes.map((x, i) => magnitudeMask(x, { sparsity: part(names[i]!) }));
}

function allLayers(magnitudes: readonly Tensor[], sparsity: Sparsities): Mask[] {
  if (typeof sparsity === "number") return globalMagnitudeMasks(magnitudes, { sparsity });
  throw new LabError(
    "BAD_SPARSITY",
    "all layers together have one sparsity, but there are some by layer",
    'Use a number, or the scope "layer".',
  );
}

/** Removes what either mask removes. */
function both(mask: Mask, previous: Mask | undefined): Mask {
  return previous ? { ...mask, data: mask.data.map((bit, i) => bit & previous.data[i]!) } : mask;
}

/** Magnitudes in which what is removed stands below all else: also below a weight that happens to be 0. */
function standing(kernel: Tensor, previous: Mask | undefined): Tensor {
  if (!previous) return kernel;
  const leastPositive = 2 ** -149;
  const raised = kernel.data.map((w) => (w === 0 ? leastPositive : w));
  return applyMask({ shape: kernel.shape, data: raised }, previous);
}

/**
 * The model with 0 where the masks have 0.
 *
 * @throws LabError for the name of a layer without a kernel, and a mask of another shape than the kernel's.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { sparsityOf } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * const pruned = applyMasks(graph, magnitudeMasks(graph, { sparsity: 0.75 }));
 * sparsityOf(pruned.nodes.at(-1).weights[0]); // 0.75
 * ```
 */
export function applyMasks(graph: LayerGraph, masks: Masks): LayerGraph {
  return [...masks].reduce((changed, [name, mask]) => {
    const kernel = applyMask(kernelOf(changed, name), mask);
    return withWeights(changed, name, [kernel, ...findLayer(changed, name).weights.slice(1)]);
  }, graph);
}

/**
 * Which part of all kernels' weights the masks remove.
 *
 * @throws LabError for a mask with an element that is neither 0 nor 1, and a model without kernels.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * maskedSparsity(graph, magnitudeMasks(graph, { sparsity: 0.25, scope: "global" })); // 0.25
 * ```
 */
export function maskedSparsity(graph: LayerGraph, masks: Masks): number {
  const layers = layersWithKernels(graph);
  checkNotEmpty(layers, "the list of layers with a kernel");
  const total = layers.reduce((sum, name) => sum + kernelOf(graph, name).data.length, 0);
  const removed = [...masks.values()].reduce((sum, mask) => sum + maskCounts(mask).removed, 0);
  return removed / total;
}

/**
 * The kernel of a layer: its weights without the bias.
 *
 * @throws LabError for a layer that has none, and if there is no layer of that name.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * kernelOf(graph, graph.nodes.at(-1).name).shape; // [64, 10]
 * ```
 */
export function kernelOf(graph: LayerGraph, name: string): Tensor {
  const { kind, weights } = findLayer(graph, name);
  const [kernel] = weights;
  if (!kernel || !layersWithKernels(graph).includes(name)) {
    throw new LabError(
      "NOT_PRUNABLE",
      `layer ${name} (${kind}) has no kernel`,
      `Name some of ${layersWithKernels(graph).join(", ")}.`,
    );
  }
  return kernel;
}
