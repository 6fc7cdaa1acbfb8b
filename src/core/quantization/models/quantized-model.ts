import type * as tf from "@tensorflow/tfjs";
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
  return "nodes" in model ? model : toLayerGraph(model);
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
