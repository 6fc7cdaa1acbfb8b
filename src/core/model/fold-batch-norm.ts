import { checkFinite } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";
import { checkGraph } from "./check-graph.js";
import { findLayer, replaceNodes, withWeights } from "./edit.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";
import { linearLayerBefore } from "./linear-layer.js";

/**
 * Puts each batch normalization that follows a convolution or a dense layer into that layer's weights: at
 * inference it only scales and shifts, so the model answers the same with one layer less. What is left
 * alone: a normalization whose layer has an activation or a second consumer, or is itself an output of the
 * model, and one after anything else, such as an addition.
 *
 * @throws LabError for a layer without a kernel, a normalization without its numbers for each channel, weights that
 * are not finite, before or after, and where variance + epsilon is not positive.
 * @see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference" (2018), section 3.2, equation 14
 *
 * @example
 * ```ts
 * const t = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 1] }, inputs: [], weights: [] };
 * const dense = { name: "dense", kind: "Dense", config: { units: 1, useBias: true }, inputs: ["in"], weights: [{ shape: [1, 1], data: Float32Array.of(3) }, t(1)] };
 * const norm = { name: "norm", kind: "BatchNormalization", config: { axis: -1, epsilon: 1 }, inputs: ["dense"], weights: [t(4), t(10), t(5), t(3)] };
 * const folded = foldBatchNorm({ nodes: [input, dense, norm], outputs: ["norm"] });
 * folded.outputs; // ["dense"]
 * folded.nodes[1]?.weights.map(({ data }) => data[0]); // [6, 2]
 * ```
 */
export function foldBatchNorm(graph: LayerGraph): LayerGraph {
  checkGraph(graph);
  let folded = graph;
  for (const norm of graph.nodes.filter(({ kind }) => kind === "BatchNormalization")) {
    const layer = foldable(folded, findLayer(folded, norm.name));
    if (layer) folded = fold(folded, layer, norm);
  }
  return folded;
}

/** The layer that can take the normalization in. */
function foldable(graph: LayerGraph, norm: LayerNode): LayerNode | undefined {
  const layer = linearLayerBefore(graph, norm);
  const fits = layer && layer.config.dataFormat !== "channelsFirst" && normalizesChannels(norm, layer);
  return fits ? layer : undefined;
}

/** Of a dense layer the graph does not say how many axes its output has; of a convolution it has four. */
function normalizesChannels({ config }: LayerNode, { kind }: LayerNode): boolean {
  return config.axis === undefined || config.axis === -1 || (config.axis === 3 && kind !== "Dense");
}

/** With f = γ / √(σ² + ε): w' = w f and b' = (b - μ) f + β, channel by channel. */
function fold(graph: LayerGraph, layer: LayerNode, norm: LayerNode): LayerGraph {
  const { kernel, bias } = kernelAndBias(layer);
  const { gamma, beta, mean, variance } = statistics(norm, layer, channelsOf(layer, kernel));
  const factors = mean.map((_, c) => (gamma?.[c] ?? 1) / deviation(norm, variance[c]!));
  const shifted = mean.map((mu, c) => ((bias?.data[c] ?? 0) - mu) * factors[c]! + (beta?.[c] ?? 0));
  const scaled = scaleOutputs(kernel, factors);
  const newBias = Float32Array.from(shifted);
  checkFinite(scaled.data, `the folded kernel of layer ${layer.name}`);
  checkFinite(newBias, `the folded bias of layer ${layer.name}`);
  const weights = [scaled, { shape: [newBias.length], data: newBias }];
  return withWeights(replaceNodes(graph, norm.name, []), layer.name, weights, { useBias: true });
}

function kernelAndBias({ name, weights }: LayerNode): { kernel: Tensor; bias: Tensor | undefined } {
  const [kernel, bias] = weights;
  if (!kernel) throw new LabError("BAD_SHAPE", `layer ${name} has no kernel`, "Build the model first.");
  checkTensor(kernel, `the kernel of layer ${name}`);
  checkFinite(kernel.data, `the kernel of layer ${name}`);
  return { kernel, bias };
}

/** How many numbers a layer has a place. A depthwise kernel [h, w, in, multiplier] makes in · multiplier. */
function channelsOf({ name, kind, weights }: LayerNode, { shape }: Tensor): number {
  const channels = shape.slice(kind === "DepthwiseConv2D" ? 2 : -1).reduce((a, b) => a * b, 1);
  for (const bias of weights.slice(1)) checkPerChannel(bias, name, { layer: name, channels });
  return channels;
}

function checkPerChannel(x: Tensor, name: string, of: { layer: string; channels: number }): void {
  checkTensor(x, `a weight of layer ${name}`);
  if (x.data.length !== of.channels) {
    throw new LabError(
      "BAD_SHAPE",
      `a weight of layer ${name} holds ${x.data.length} numbers, and layer ${of.layer} has ${of.channels} channels`,
      "Give one number a channel.",
    );
  }
  checkFinite(x.data, `a weight of layer ${name}`);
}

/** A normalization's weights by name. tfjs leaves gamma out without `scale`, and beta without `center`. */
function statistics({ name, config, weights }: LayerNode, layer: LayerNode, channels: number) {
  const wanted = 2 + Number(config.scale !== false) + Number(config.center !== false);
  if (weights.length !== wanted) {
    throw new LabError(
      "BAD_SHAPE",
      `layer ${name} has ${weights.length} weights instead of ${wanted}`,
      "Give gamma with scale, beta with center, then mean and variance.",
    );
  }
  const values = weights.map((x) => {
    checkPerChannel(x, name, { layer: layer.name, channels });
    return Array.from(x.data);
  });
  const gamma = config.scale === false ? undefined : values.shift();
  const beta = config.center === false ? undefined : values.shift();
  const [mean = [], variance = []] = values;
  return { gamma, beta, mean, variance };
}

function deviation({ name, config }: LayerNode, variance: number): number {
  const epsilon = Number(config.epsilon ?? 1e-3);
  if (!(variance + epsilon > 0 && Number.isFinite(epsilon))) {
    throw new LabError(
      "BAD_VARIANCE",
      `variance + epsilon of layer ${name} is ${variance + epsilon}`,
      "A variance is not negative: look at the weights that were loaded.",
    );
  }
  return Math.sqrt(variance + epsilon);
}

/** The outputs are the last axis; a depthwise kernel [h, w, in, multiplier] counts them over its last two. */
function scaleOutputs({ shape, data }: Tensor, factors: readonly number[]): Tensor {
  return { shape, data: data.map((w, i) => w * factors[i % factors.length]!) };
}
