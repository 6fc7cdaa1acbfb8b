import { checkAxis } from "../arguments.js";
import { LabError } from "../errors.js";
import { sizeOf } from "../tensor.js";
import { checkGraph } from "./check-graph.js";
import {
  checkChannelsLast,
  checkNotDilated,
  readAxis,
  readBorders,
  readCount,
  readPadding,
  readPair,
  readTargetShape,
} from "./config.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

/** Lengths without the batch: [height, width, channels], or [features]. */
export type Shape = readonly number[];

/**
 * The shape of each layer's output for one example, by the layer's name.
 *
 * @throws LabError for an input of unknown size, a kind of layer that isn't known here (recurrent, transposed,
 * channels first, depthwise with dilation), and shapes that don't fit each other.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * [...outputShapes(graph).values()]; // [[28, 28, 1], [784], [128], [64], [10]]
 * ```
 */
export function outputShapes(graph: LayerGraph): ReadonlyMap<string, Shape> {
  checkGraph(graph);
  const shapes = new Map<string, Shape>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => shapes.get(name)!);
    shapes.set(node.name, outputShape(node, inputs));
  }
  return shapes;
}

type Rule = (node: LayerNode, input: Shape, inputs: readonly Shape[]) => Shape;

const unchanged: Rule = (_, input) => input;

const rules: Readonly<Record<string, Rule>> = {
  InputLayer: inputShape,
  Conv2D: (node, input) => [...slide(node, input, "kernelSize"), readCount(node, "filters")],
  DepthwiseConv2D: (node, input) => {
    checkNotDilated(node);
    return [...slide(node, input, "kernelSize"), input[2]! * readCount(node, "depthMultiplier", 1)];
  },
  MaxPooling2D: pool,
  AveragePooling2D: pool,
  GlobalAveragePooling2D: (node, input) => image(node, input).slice(2),
  GlobalMaxPooling2D: (node, input) => image(node, input).slice(2),
  Dense: (node, input) => [...input.slice(0, -1), readCount(node, "units")],
  Flatten: (node, input) => {
    checkChannelsLast(node);
    return [sizeOf(input)];
  },
  Reshape: reshape,
  ZeroPadding2D: pad,
  Add: merge,
  Subtract: merge,
  Multiply: merge,
  Average: merge,
  Maximum: merge,
  Minimum: merge,
  Concatenate: concatenate,
  BatchNormalization: unchanged,
  Activation: unchanged,
  ReLU: unchanged,
  LeakyReLU: unchanged,
  ELU: unchanged,
  ThresholdedReLU: unchanged,
  Softmax: unchanged,
  Dropout: unchanged,
};

function outputShape(node: LayerNode, inputs: readonly Shape[]): Shape {
  const rule = Object.hasOwn(rules, node.kind) ? rules[node.kind] : undefined;
  if (!rule) {
    throw new LabError(
      "UNKNOWN_LAYER",
      `layer ${node.name} is of the kind ${node.kind}, whose shape isn't known here`,
      `Known are ${Object.keys(rules).join(", ")}.`,
    );
  }
  return rule(node, inputs[0] ?? [], inputs);
}

function unfit(node: LayerNode, inputs: readonly Shape[], wanted: string): never {
  const given = inputs.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  throw new LabError("BAD_SHAPE", `layer ${node.name} can't take ${given}`, `Give it ${wanted}.`);
}

function inputShape(node: LayerNode): Shape {
  const [, ...lengths] = readTargetShape(node, "batchInputShape");
  return lengths.map((n) => n ?? unfit(node, [lengths.map(Number)], "an input of a fixed size"));
}

function image(node: LayerNode, input: Shape): Shape {
  checkChannelsLast(node);
  return input.length === 3 ? input : unfit(node, [input], "images [height, width, channels]");
}

/**
 * Height and width after a window of k moved over n places in steps of s, with d - 1 gaps in the window:
 * 'same' ⌈n / s⌉, 'valid' ⌈(n - d·(k - 1)) / s⌉
 *
 * @see TensorFlow's tf.nn.convolution, "padding"
 */
function slide(node: LayerNode, input: Shape, window: "kernelSize" | "poolSize"): number[] {
  const padding = readPadding(node);
  const sizes = readPair(node, window);
  const dilations = readPair(node, "dilationRate", 1);
  const strides = window === "poolSize" && node.config.strides == null ? sizes : readPair(node, "strides", 1);
  const places = image(node, input).slice(0, 2);
  const moved = places.map((n, i) => {
    const covered = padding === "same" ? n : n - dilations[i]! * (sizes[i]! - 1);
    return Math.ceil(covered / strides[i]!);
  });
  return moved.every((n) => n >= 1) ? moved : unfit(node, [input], `images of ${sizes.join(" × ")} or more`);
}

function pool(node: LayerNode, input: Shape): Shape {
  return [...slide(node, input, "poolSize"), input[2]!];
}

function pad(node: LayerNode, input: Shape): Shape {
  const borders = readBorders(node);
  return image(node, input).map((n, i) => n + (borders[i]?.[0] ?? 0) + (borders[i]?.[1] ?? 0));
}

function reshape(node: LayerNode, input: Shape): Shape {
  const target = readTargetShape(node, "targetShape");
  const known = target.reduce<number>((product, n) => product * (n ?? 1), 1);
  const shape = target.map((n) => n ?? sizeOf(input) / known);
  const fits = target.filter((n) => n === null).length <= 1 && shape.every(Number.isInteger);
  return fits && sizeOf(shape) === sizeOf(input)
    ? shape
    : unfit(node, [input], `${known} elements, or a multiple where a length is left open`);
}

function merge(node: LayerNode, input: Shape, inputs: readonly Shape[]): Shape {
  const same = inputs.length >= 2 && inputs.every((shape) => shape.join() === input.join());
  return same ? input : unfit(node, inputs, "two inputs or more of one shape");
}

/** tfjs counts axes with the batch, so -1 or the rank is the last one. */
function concatenate(node: LayerNode, input: Shape, inputs: readonly Shape[]): Shape {
  const axis = checkAxis(readAxis(node), [0, ...input]) - 1;
  const fits = (shape: Shape): boolean =>
    shape.length === input.length && shape.every((n, i) => i === axis || n === input[i]);
  if (axis < 0 || !inputs.every(fits)) unfit(node, inputs, "inputs that differ along its axis only");
  return input.map((n, i) => (i === axis ? inputs.reduce((sum, shape) => sum + shape[i]!, 0) : n));
}
