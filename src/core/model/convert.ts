import * as tf from "@tensorflow/tfjs";
import "./quiet.js";
import { wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkGraph } from "./check-graph.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

/**
 * Takes a tfjs model apart. The weights are copies. The inputs come first, in the order that the model takes them.
 *
 * @throws LabError for what is no tfjs model, a layer that is used more than once, and a model within a model.
 *
 * @example
 * ```ts
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * graph.nodes.at(-1)?.kind; // "Dense"
 * ```
 */
export function toLayerGraph(model: tf.LayersModel): LayerGraph {
  if (!Array.isArray(model?.layers) || !Array.isArray(model.outputs)) {
    throw wrongKind("the model", model, "Give a tfjs model; fromLayerGraph builds it from a graph.");
  }
  const nodes = new Map<string, LayerNode>();
  const visit = (output: tf.SymbolicTensor): string => {
    const layer = output.sourceLayer;
    if (nodes.has(layer.name)) return layer.name;
    checkSimple(layer);
    const inputs = layer.getClassName() === "InputLayer" ? [] : output.inputs.map(visit);
    nodes.set(layer.name, nodeOf(layer, inputs));
    return layer.name;
  };
  for (const input of model.inputs) visit(input);
  const outputs = model.outputs.map(visit);
  return { nodes: [...nodes.values()], outputs };
}

function checkSimple(layer: tf.layers.Layer): void {
  if (layer instanceof tf.LayersModel) {
    throw new LabError("NESTED_MODEL", `layer ${layer.name} is a model itself`, "Build one flat model.");
  }
  if (layer.inboundNodes.length !== 1) {
    throw new LabError(
      "SHARED_LAYER",
      `layer ${layer.name} is used ${layer.inboundNodes.length} times`,
      "Use one layer for each place: shared weights can't be changed for one place alone.",
    );
  }
}

function nodeOf(layer: tf.layers.Layer, inputs: string[]): LayerNode {
  return {
    name: layer.name,
    kind: layer.getClassName(),
    config: layer.getConfig(),
    inputs,
    weights: layer.getWeights().map(toTensor),
  };
}

/**
 * A copy of a tfjs tensor's numbers, of the same shape.
 *
 * @example
 * ```ts
 * const tf = await import("@tensorflow/tfjs");
 * toTensor(tf.tensor2d([[1, 2]])).data; // Float32Array [1, 2]
 * ```
 */
export function toTensor(x: tf.Tensor): Tensor {
  return { shape: [...x.shape], data: Float32Array.from(x.dataSync()) };
}

/**
 * Builds the tfjs model that a graph describes: its inputs, and whatever its outputs are computed from. The model has
 * weights of its own.
 *
 * @throws LabError for what is no graph, an unknown kind of layer, an input that is not there, and weights that don't
 * fit.
 *
 * @example
 * ```ts
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * fromLayerGraph(graph).countParams(); // 109386
 * ```
 */
export function fromLayerGraph(graph: LayerGraph): tf.LayersModel {
  checkGraph(graph);
  const layers: tf.layers.Layer[] = [];
  try {
    return assemble(graph, layers);
  } catch (error) {
    for (const { weights } of layers) for (const weight of weights) weight.dispose();
    throw error;
  }
}

/** The model, and in `layers` all that was made for it. */
function assemble(graph: LayerGraph, layers: tf.layers.Layer[]): tf.LayersModel {
  const built = new Map<string, tf.SymbolicTensor>();
  const output = (name: string): tf.SymbolicTensor => built.get(name)!;
  // A model does not dispose of layers that none of its outputs depends on.
  const needed = ancestorsOf(graph);
  for (const node of graph.nodes) {
    if (!isInput(node) && !needed.has(node.name)) continue;
    built.set(
      node.name,
      explained(node, () => build(node, node.inputs.map(output), layers)),
    );
  }
  const inputs = graph.nodes.filter(isInput).map(({ name }) => output(name));
  return tf.model({ inputs, outputs: graph.outputs.map(output) });
}

/** The outputs, and all that they are computed from. */
function ancestorsOf({ nodes, outputs }: LayerGraph): ReadonlySet<string> {
  const needed = new Set(outputs);
  for (const { name, inputs } of nodes.toReversed()) {
    if (needed.has(name)) for (const input of inputs) needed.add(input);
  }
  return needed;
}

function isInput(node: LayerNode): boolean {
  return node.kind === "InputLayer";
}

function inputOf({ name, config }: LayerNode): tf.SymbolicTensor {
  const { batchInputShape, dtype } = config as { batchInputShape: tf.Shape; dtype?: tf.DataType };
  return tf.input({ batchShape: batchInputShape, name, ...(dtype && { dtype }) });
}

/** What tfjs says of a config that it can't take does not name the layer. */
function explained<T>(node: LayerNode, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LabError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const nextStep = "Change its config, or what comes into it.";
    throw new LabError("BAD_CONFIG", `layer ${node.name} (${node.kind}): ${said}`, nextStep, {
      cause: error,
    });
  }
}

function build(node: LayerNode, inputs: tf.SymbolicTensor[], layers: tf.layers.Layer[]): tf.SymbolicTensor {
  if (isInput(node)) return inputOf(node);
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const known = Object.hasOwn(classNameMap, node.kind) ? classNameMap[node.kind] : undefined;
  if (!known) {
    throw new LabError(
      "UNKNOWN_LAYER",
      `layer ${node.name} is of the unknown kind ${node.kind}`,
      "Use a layer of tfjs, or register the class with tf.serialization.registerClass.",
    );
  }
  // The shape of a first layer's input stands in its config; here the InputLayer says it. tfjs writes into what it
  // reads, so it gets a copy.
  const { batchInputShape: _, ...config } = structuredClone(node.config);
  const [layerClass, fromConfig] = known;
  const layer = fromConfig(layerClass, { ...config, name: node.name } as tf.serialization.ConfigDict);
  layers.push(layer as tf.layers.Layer);
  const made = (layer as tf.layers.Layer).apply(inputs.length === 1 ? inputs[0]! : inputs);
  setWeights(layer as tf.layers.Layer, node);
  return made as tf.SymbolicTensor;
}

function setWeights(layer: tf.layers.Layer, node: LayerNode): void {
  const wanted = layer.weights.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  const given = node.weights.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  if (wanted !== given) {
    throw new LabError(
      "BAD_SHAPE",
      `layer ${node.name} needs weights ${wanted || "of no kind"}, got ${given || "none"}`,
      "Change config and weights together.",
    );
  }
  tf.tidy(() => {
    // Copied: the plain JavaScript backend would keep the graph's own array, and write into it.
    layer.setWeights(node.weights.map(({ shape, data }) => tf.tensor(data.slice(), [...shape], "float32")));
  });
}
