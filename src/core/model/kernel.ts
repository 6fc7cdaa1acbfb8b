import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkGraph } from "./check-graph.js";
import { findLayer } from "./edit.js";
import type { LayerGraph } from "./layer-graph.js";

/** The kinds of layers whose first weight is a kernel. */
const kinds = ["Conv2D", "DepthwiseConv2D", "Dense"];

export function hasKernel({ kind }: { readonly kind: string }): boolean {
  return kinds.includes(kind);
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
  checkGraph(graph);
  return graph.nodes.filter(hasKernel).map(({ name }) => name);
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
 * kernelOf(toLayerGraph(teachingMlp(seeded("a"))), "logits").shape; // [64, 10]
 * ```
 */
export function kernelOf(graph: LayerGraph, name: string): Tensor {
  const node = findLayer(graph, name);
  const [kernel] = node.weights;
  if (kernel && hasKernel(node)) return kernel;
  throw new LabError(
    "NO_KERNEL",
    `layer ${name} (${node.kind}) has no kernel`,
    `Name some of ${layersWithKernels(graph).join(", ")}.`,
  );
}

/** The kernel of a layer of a tfjs model, if it has one. */
export function kernelVariable(layer: tf.layers.Layer): tf.LayerVariable | undefined {
  return hasKernel({ kind: layer.getClassName() }) ? layer.weights[0] : undefined;
}
