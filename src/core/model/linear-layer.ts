import { consumersOf, findLayer } from "./edit.js";
import { hasKernel } from "./kernel.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

/**
 * The convolution or dense layer before a node, if the node alone sees what it computes and nothing stands
 * between them: only then can the node's work be put into that layer. Undefined for a layer that has an
 * activation or a second consumer, or is an output of the model.
 *
 * @throws LabError for a node whose input is not in the graph.
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };
 * const dense = { name: "dense", kind: "Dense", config: {}, inputs: ["in"], weights: [] };
 * const relu = { name: "relu", kind: "ReLU", config: {}, inputs: ["dense"], weights: [] };
 * const graph = { nodes: [input, dense, relu], outputs: ["relu"] };
 * linearLayerBefore(graph, relu)?.name; // "dense"
 * linearLayerBefore(graph, dense); // undefined
 * ```
 */
export function linearLayerBefore(graph: LayerGraph, { inputs }: LayerNode): LayerNode | undefined {
  if (inputs.length !== 1) return undefined;
  const layer = findLayer(graph, inputs[0]!);
  const { activation } = layer.config;
  const isLinear = activation === undefined || activation === null || activation === "linear";
  const isAlone = consumersOf(graph, layer.name).length === 1 && !graph.outputs.includes(layer.name);
  return hasKernel(layer) && isLinear && isAlone ? layer : undefined;
}
