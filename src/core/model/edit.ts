import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkGraph } from "./check-graph.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

/** A layer that is not yet connected to others. */
export type Layer = Omit<LayerNode, "inputs">;

/**
 * The layer of that name.
 *
 * @throws LabError if there is none.
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 4] }, inputs: [], weights: [] };
 * findLayer({ nodes: [input], outputs: ["in"] }, "in").kind; // "InputLayer"
 * ```
 */
export function findLayer(graph: LayerGraph, name: string): LayerNode {
  checkGraph(graph);
  const found = graph.nodes.find((node) => node.name === name);
  if (!found) {
    throw new LabError(
      "NO_LAYER",
      `there is no layer ${name}`,
      `Name one of ${graph.nodes.map((node) => node.name).join(", ")}.`,
    );
  }
  return found;
}

/**
 * The layers that take this layer's output, in the order of the graph.
 *
 * @throws LabError if there is no layer of that name.
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 4] }, inputs: [], weights: [] };
 * const relu = { name: "relu", kind: "ReLU", config: {}, inputs: ["in"], weights: [] };
 * consumersOf({ nodes: [input, relu], outputs: ["relu"] }, "in").map(({ name }) => name); // ["relu"]
 * ```
 */
export function consumersOf(graph: LayerGraph, name: string): LayerNode[] {
  findLayer(graph, name);
  return graph.nodes.filter((node) => node.inputs.includes(name));
}

/**
 * The graph with a chain of layers in the place of one. The first of the chain takes the inputs of the layer
 * that goes, each next one takes the output of the one before, and whoever took the output of the layer
 * that goes takes that of the last. An empty chain removes the layer: its input goes to its consumers.
 *
 * @throws LabError if there is no such layer, if a name would stand twice, and if a layer without exactly one
 * input is to be removed.
 *
 * @example
 * ```ts
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 4] }, inputs: [], weights: [] };
 * const relu = { name: "relu", kind: "ReLU", config: {}, inputs: ["in"], weights: [] };
 * const graph = { nodes: [input, relu], outputs: ["relu"] };
 * replaceNodes(graph, "relu", [{ ...relu, name: "a" }, { ...relu, name: "b" }]).outputs; // ["b"]
 * replaceNodes(graph, "relu", []).outputs; // ["in"]
 * ```
 */
export function replaceNodes(graph: LayerGraph, name: string, chain: readonly Layer[]): LayerGraph {
  const old = findLayer(graph, name);
  const last = chain.at(-1)?.name ?? onlyInput(old);
  const rename = (input: string): string => (input === name ? last : input);
  const chained = chain.map((layer, i) => ({
    ...layer,
    inputs: i === 0 ? old.inputs : [chain[i - 1]!.name],
  }));
  const nodes = graph.nodes.flatMap((node): LayerNode[] =>
    node === old ? chained : [{ ...node, inputs: node.inputs.map(rename) }],
  );
  checkNames(nodes);
  return { nodes, outputs: graph.outputs.map(rename) };
}

function onlyInput({ name, inputs }: LayerNode): string {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new LabError(
      "BAD_GRAPH",
      `layer ${name} with ${inputs.length} inputs can't be removed`,
      "Remove a layer that has one input: its consumers take that instead.",
    );
  }
  return input;
}

function checkNames(nodes: readonly LayerNode[]): void {
  const seen = new Set<string>();
  for (const { name } of nodes) {
    if (seen.has(name)) {
      throw new LabError("BAD_GRAPH", `two layers are named ${name}`, "Give each layer a name of its own.");
    }
    seen.add(name);
  }
}

/**
 * The graph with other weights in one layer, and with the given entries of its config changed.
 *
 * @throws LabError if there is no layer of that name.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { tinyCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(tinyCnn(seeded("a")));
 * const [kernel, bias] = findLayer(graph, "conv1").weights;
 * const zeroed = withWeights(graph, "conv1", [{ ...kernel, data: new Float32Array(72) }, bias]);
 * findLayer(zeroed, "conv1").weights[0]?.data.some((w) => w !== 0); // false
 * ```
 */
export function withWeights(
  graph: LayerGraph,
  name: string,
  weights: readonly Tensor[],
  config: Readonly<Record<string, unknown>> = {},
): LayerGraph {
  const old = findLayer(graph, name);
  const changed = { ...old, weights, config: { ...old.config, ...config } };
  return { ...graph, nodes: graph.nodes.map((node) => (node === old ? changed : node)) };
}
