import type * as tf from "@tensorflow/tfjs";
import { wrongKind } from "../../arguments.js";
import { type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { QuantizedTensor, QuantParams } from "../scheme.js";

/** A bias in units of the accumulator: `b = scale · code`, with one scale an output channel. */
export interface QuantizedBias {
  readonly codes: Int32Array;
  readonly scales: Float64Array;
}

export interface QuantizedWeights {
  /** A depthwise kernel [h, w, in, multiplier] stands here as [h, w, in · multiplier]: its last axis counts outputs. */
  readonly kernel: QuantizedTensor;
  /** Absent where the layer has none, or where activations stay float: then the bias does, too. */
  readonly bias?: QuantizedBias;
}

/** A model whose weights, and mostly whose activations, are codes. Plain data. */
export interface QuantizedModel {
  /** The float model that the codes stand for: batch normalizations folded, ReLUs fused. */
  readonly graph: LayerGraph;
  /** By the layer's name. */
  readonly weights: Readonly<Record<string, QuantizedWeights>>;
  /** What the codes of a layer's output stand for, by the layer's name. Empty where activations stay float. */
  readonly activations: Readonly<Record<string, QuantParams>>;
}

/** What is quantized can be given as a tfjs model or as a graph. */
export function graphOf(model: tf.LayersModel | LayerGraph): LayerGraph {
  const given = Object(model);
  if (Array.isArray(given.nodes)) return given;
  if (typeof given.apply === "function" && Array.isArray(given.layers)) return toLayerGraph(given);
  throw wrongKind("the model", model, "Give a tfjs model, or the graph that toLayerGraph made of one.");
}

/** Throws a LabError unless this is a quantized model. */
export function checkQuantized(model: QuantizedModel): void {
  if (Array.isArray(model?.graph?.nodes) && model.weights && model.activations) return;
  throw wrongKind("the quantized model", model, "Give what quantizeModel or quantizeWeights returned.");
}

/** Throws a LabError unless options are given: types are not checked everywhere. */
export function checkOptions(options: object, call: string): void {
  if (typeof options === "object" && options !== null) return;
  throw wrongKind(`the last argument of ${call}`, options, `Give ${call} its options in an object.`);
}

/** Whether a layer has a kernel that is quantized. */
export function hasKernel({ kind }: LayerNode): boolean {
  return kind === "Conv2D" || kind === "DepthwiseConv2D" || kind === "Dense";
}

/** A kernel with one axis of outputs, the last. */
export function withOneOutputAxis({ kind }: Pick<LayerNode, "kind">, { shape, data }: Tensor): Tensor {
  return { shape: outputAxisLast(kind, shape), data };
}

export function outputAxisLast(kind: string, shape: readonly number[]): number[] {
  return kind === "DepthwiseConv2D" ? [...shape.slice(0, 2), sizeOf(shape.slice(2))] : [...shape];
}
