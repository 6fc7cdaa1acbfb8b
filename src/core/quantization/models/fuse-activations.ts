import {
  findLayer,
  type LayerGraph,
  type LayerNode,
  linearLayerBefore,
  replaceNodes,
  withWeights,
} from "../../model/index.js";

/**
 * Makes a ReLU or ReLU6 that follows a convolution or a dense layer that layer's own activation, so that only
 * what comes after it is quantized: no code is spent on what the ReLU throws away. Left alone: a ReLU after
 * anything else, after a layer that has an activation or a second consumer or is an output of the model, and
 * a ReLU with a limit other than 6.
 *
 * @see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference" (2018), section 2.4
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };
 * const dense = { name: "dense", kind: "Dense", config: { units: 1 }, inputs: ["in"], weights: [] };
 * const relu = { name: "relu", kind: "ReLU", config: {}, inputs: ["dense"], weights: [] };
 * const fused = fuseActivations({ nodes: [input, dense, relu], outputs: ["relu"] });
 * fused.nodes[1]?.config; // { units: 1, activation: "relu" }
 * ```
 */
export function fuseActivations(graph: LayerGraph): LayerGraph {
  let fused = graph;
  for (const { name } of graph.nodes) {
    const node = findLayer(fused, name);
    const activation = rectifierOf(node);
    const layer = activation && linearLayerBefore(fused, node);
    if (layer) {
      fused = withWeights(replaceNodes(fused, name, []), layer.name, layer.weights, { activation });
    }
  }
  return fused;
}

function rectifierOf({ kind, config }: LayerNode): "relu" | "relu6" | undefined {
  const { activation, maxValue } = config;
  if (kind === "Activation" && (activation === "relu" || activation === "relu6")) return activation;
  if (kind !== "ReLU") return undefined;
  if (maxValue === undefined || maxValue === null) return "relu";
  return maxValue === 6 ? "relu6" : undefined;
}
