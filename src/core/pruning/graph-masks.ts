import { checkNotEmpty, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkGraph } from "../model/check-graph.js";
import { findLayer, withWeights } from "../model/edit.js";
import { hasKernel, kernelOf, layersWithKernels } from "../model/kernel.js";
import type { LayerGraph } from "../model/layer-graph.js";
import type { Tensor } from "../tensor.js";
import { checkSparsities, type Sparsities } from "./amount.js";
import { globalMagnitudeMasks, magnitudeMask } from "./magnitude.js";
import { applyMask, checkMask, type Mask, maskCounts } from "./mask.js";

/** Masks of layers' kernels, by the layers' names. Biases and normalizations are not pruned: there is little to gain. */
export type Masks = ReadonlyMap<string, Mask>;

export interface MagnitudeMasksOptions {
  /** Which part of the weights goes, in [0, 1); by the layer's name, other layers stay whole. */
  readonly sparsity: Sparsities;
  /** layer: that part of each layer. global: that part of all together, wherever they are small. Left out: layer. */
  readonly scope?: "layer" | "global";
  /** What these remove stays removed, and counts; also if it is more than the sparsity asks for. */
  readonly previous?: Masks;
}

/**
 * The masks that remove a model's smallest weights, with `magnitudeMask` or `globalMagnitudeMasks`.
 *
 * @throws LabError for a sparsity outside [0, 1), NaN, the name of a layer without a kernel, sparsities by layer
 * together with the scope global, an unknown scope, and previous masks that don't fit the model.
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
  const { sparsity, scope = "layer", previous } = options ?? {};
  checkSparsities(sparsity);
  checkScope(scope);
  if (previous) checkMasks(graph, previous);
  const layers = typeof sparsity === "number" ? layersWithKernels(graph) : Object.keys(sparsity);
  const magnitudes = layers.map((name) => standing(kernelOf(graph, name), previous?.get(name)));
  const masks = scope === "layer" ? eachLayer(layers, magnitudes, sparsity) : allLayers(magnitudes, sparsity);
  return new Map(layers.map((name, i) => [name, both(masks[i]!, previous?.get(name))]));
}

function checkScope(scope: string): void {
  if (scope === "layer" || scope === "global") return;
  throw new LabError("BAD_SCOPE", `there is no scope "${scope}"`, 'Use "layer" or "global".');
}

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
 * @throws LabError for masks that don't fit the model: of a layer without a kernel, of another shape than the kernel,
 * with an element that is neither 0 nor 1.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { kernelOf, sparsityOf } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * const pruned = applyMasks(graph, magnitudeMasks(graph, { sparsity: 0.75 }));
 * sparsityOf(kernelOf(pruned, "logits")); // 0.75
 * ```
 */
export function applyMasks(graph: LayerGraph, masks: Masks): LayerGraph {
  checkMasks(graph, masks);
  return [...masks].reduce((changed, [name, mask]) => {
    const kernel = applyMask(kernelOf(changed, name), mask);
    return withWeights(changed, name, [kernel, ...findLayer(changed, name).weights.slice(1)]);
  }, graph);
}

/**
 * Which part of all kernels' weights the masks remove.
 *
 * @throws LabError for masks that don't fit the model, as `applyMasks` does, and a model without kernels.
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
  checkMasks(graph, masks);
  const total = layers.reduce((sum, name) => sum + kernelOf(graph, name).data.length, 0);
  const removed = [...masks.values()].reduce((sum, mask) => sum + maskCounts(mask).removed, 0);
  return removed / total;
}

/** Throws a LabError for masks of another model. */
function checkMasks(graph: LayerGraph, masks: Masks): void {
  checkGraph(graph);
  for (const [name, mask] of eachMask(masks)) {
    const node = graph.nodes.find((one) => one.name === name);
    checkFits(name, mask, node && hasKernel(node) ? node.weights[0]?.shape : undefined);
  }
}

export function eachMask(masks: Masks): readonly (readonly [string, Mask])[] {
  if (masks instanceof Map) return [...masks];
  throw wrongKind("the list of masks", masks, "Give a map of masks by layer: magnitudeMasks makes one.");
}

/** Throws a LabError unless a layer has a kernel, and the mask its shape. */
export function checkFits(layer: string, mask: Mask, kernel: readonly (number | null)[] | undefined): void {
  checkMask(mask);
  if (kernel?.join() === mask.shape.join()) return;
  const found = kernel ? `a kernel [${kernel.join(", ")}]` : "no kernel";
  throw new LabError(
    "BAD_MASK",
    `layer ${layer} has ${found}, but a mask [${mask.shape.join(", ")}]`,
    "Make the masks from this model: magnitudeMasks(toLayerGraph(model), …).",
  );
}
