import type * as tf from "@tensorflow/tfjs";
import { checkInteger } from "../../arguments.js";
import { consumersOf, findLayer, type LayerGraph, type LayerNode, withWeights } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { isRelu } from "./activation-rules.js";
import { prepare } from "./quantize-model.js";
import { graphOf, hasKernel } from "./quantized-model.js";

/**
 * Cross-layer equalization: scales each channel between two layers so that the weights that make it and the
 * weights that take it have the same range. The answers stay the same, since a ReLU, a pool and a flatten pass
 * a positive factor on. It is meant for weights with one scale a tensor, where folded batch normalizations have
 * left channels of very different size; a model whose channels are even gains nothing, and can lose.
 *
 * Batch normalizations are folded and ReLUs fused before. Pairs of layers with anything else between them, a
 * second consumer, or a ReLU6, are left alone.
 *
 * @param passes how often all pairs are gone through; a layer between two others needs several. 10
 * @throws LabError for passes that are not an integer of 1 or more.
 * @see Nagel et al., "Data-free quantization through weight equalization and bias correction" (2019),
 * section 4.1, equations 8 to 11
 *
 * @example
 * ```ts
 * const kernel = (...values: number[]) => ({ shape: [2, 2], data: Float32Array.from(values) });
 * const config = { units: 2, useBias: false };
 * const input = { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 2] }, inputs: [], weights: [] };
 * const a = { name: "a", kind: "Dense", config, inputs: ["in"], weights: [kernel(1, 16, 1, -16)] };
 * const b = { name: "b", kind: "Dense", config, inputs: ["a"], weights: [kernel(4, 4, 1, 0)] };
 * const equalized = equalizeLayers({ nodes: [input, a, b], outputs: ["b"] });
 * equalized.nodes[1]?.weights[0]?.data; // Float32Array [2, 4, 2, -4]
 * equalized.nodes[2]?.weights[0]?.data; // Float32Array [2, 2, 4, 0]
 * ```
 */
export function equalizeLayers(
  model: tf.LayersModel | LayerGraph,
  { passes = 10 }: { readonly passes?: number } = {},
): LayerGraph {
  checkInteger(passes, "passes", 1);
  let graph = prepare(graphOf(model));
  const pairs = graph.nodes.flatMap(({ name }) => pairFrom(graph, name));
  for (let pass = 0; pass < passes; pass++) {
    for (const [first, second] of pairs) graph = equalize(graph, first, second);
  }
  return graph;
}

/** What gives factor · x where it got x, channel by channel, for any positive factor. */
const passing = [
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalAveragePooling2D",
  "GlobalMaxPooling2D",
  "Flatten",
  "Dropout",
  "ZeroPadding2D",
];

/** The layer, and the one that alone takes its channels: none, or one pair of names. */
function pairFrom(graph: LayerGraph, name: string): [string, string][] {
  if (!hasKernel(findLayer(graph, name)) || !passesFactors(findLayer(graph, name))) return [];
  let last = name;
  for (;;) {
    const [next, ...others] = consumersOf(graph, last);
    if (!next || others.length > 0 || graph.outputs.includes(last)) return [];
    if (hasKernel(next)) return [[name, next.name]];
    if (!passing.includes(next.kind) && !isRelu(next)) return [];
    last = next.name;
  }
}

function passesFactors({ config: { activation } }: LayerNode): boolean {
  return activation === undefined || activation === null || activation === "linear" || activation === "relu";
}

/** W₁ ← W₁ / s and b₁ ← b₁ / s over the outputs of one layer, W₂ ← s W₂ over the inputs of the next. */
function equalize(graph: LayerGraph, firstName: string, secondName: string): LayerGraph {
  const [first, second] = [findLayer(graph, firstName), findLayer(graph, secondName)];
  const [kernel, ...bias] = first.weights;
  const channels = outputsOf(first);
  const toOutput = (i: number): number => i % channels;
  const toInput = inputOf(second, channels);
  const made = ranges(kernel!, toOutput, channels);
  const taken = ranges(second.weights[0]!, toInput, channels);
  // s = √(r₁ / r₂) makes both ranges √(r₁ r₂); a channel of no weights stays as it is.
  const factors = made.map((r1, c) => (r1 > 0 && taken[c]! > 0 ? Math.sqrt(r1 / taken[c]!) : 1));
  const divided = [kernel!, ...bias].map((x) => mapped(x, (value, i) => value / factors[toOutput(i)]!));
  const [next, ...others] = second.weights;
  const multiplied = mapped(next!, (value, i) => value * factors[toInput(i)]!);
  return withWeights(withWeights(graph, firstName, divided), secondName, [multiplied, ...others]);
}

function outputsOf({ kind, weights }: LayerNode): number {
  const shape = weights[0]!.shape;
  return kind === "DepthwiseConv2D" ? shape[2]! * shape[3]! : shape.at(-1)!;
}

/**
 * The channel that an element of a kernel [.., in, out] takes. After a flatten a dense layer has several inputs
 * a channel; channels come last in an image, so they go round.
 */
function inputOf({ weights }: LayerNode, channels: number): (index: number) => number {
  const last = weights[0]!.shape.at(-1)!;
  return (i) => Math.floor(i / last) % channels;
}

/** r_c = max |w| over the channel. */
function ranges({ data }: Tensor, channelOf: (index: number) => number, channels: number): number[] {
  const largest = new Array<number>(channels).fill(0);
  data.forEach((w, i) => {
    const c = channelOf(i);
    largest[c] = Math.max(largest[c]!, Math.abs(w));
  });
  return largest;
}

function mapped({ shape, data }: Tensor, f: (value: number, index: number) => number): Tensor {
  return { shape, data: data.map(f) };
}
