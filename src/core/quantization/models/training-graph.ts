import * as tf from "@tensorflow/tfjs";
import {
  findLayer,
  type Layer,
  type LayerGraph,
  type LayerNode,
  toTensor,
  withWeights,
} from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { paramsFromRanges } from "../params.js";
import { fakeQuantize, quantize } from "../quantize.js";
import type { QuantParams, QuantScheme, ValueRange } from "../scheme.js";
import { type ActivationRule, activationRules, sourceOf } from "./activation-rules.js";
import { assemble } from "./assemble.js";
import { logScalesOf } from "./learned-scale.js";
import { hasKernel, type QuantizedModel, withOneOutputAxis } from "./quantized-model.js";
import { RoundedWeights, type RoundedWeightsConfig } from "./rounded-weights-layer.js";
import { LearnedScale, MovingRange, RoundingLayer, SameCodes } from "./rounding-layers.js";
import { insertAfter, restoredWeights, roundingName } from "./simulate.js";
import { type WeightOptions, weightParams, weightScheme } from "./weight-scheme.js";

export interface TrainingRanges {
  readonly kind: "observed" | "learned";
  /** Of the outputs. */
  readonly scheme: QuantScheme;
  readonly averagingConstant: number;
  readonly weights: WeightOptions;
}

/** The graph as it is trained: kernels are rounded in their layers, and outputs by a layer behind each. */
export function trainingGraph(
  graph: LayerGraph,
  ranges: ReadonlyMap<string, ValueRange>,
  options: TrainingRanges,
): LayerGraph {
  const rules = activationRules(graph);
  let trained: LayerGraph = {
    ...graph,
    nodes: graph.nodes.map((node) => (hasKernel(node) ? roundedWeights(node, options) : node)),
  };
  for (const { name } of graph.nodes) {
    const rounding = roundingLayer(name, rules.get(name)!, ranges.get(name), options);
    if (rounding) trained = insertAfter(trained, name, rounding);
  }
  return trained;
}

function roundedWeights(node: LayerNode, { kind, weights }: TrainingRanges): LayerNode {
  const learned = kind === "learned" ? weightParams(node, weights) : undefined;
  const scheme = weightScheme(node, weights);
  const config: RoundedWeightsConfig = {
    kind: node.kind,
    layer: node.config,
    scheme,
    ...(learned && { learned }),
  };
  const scales = learned ? [vector(logScalesOf(learned))] : [];
  return {
    ...node,
    kind: RoundedWeights.className,
    config: { ...config },
    weights: [...node.weights, ...scales],
  };
}

function roundingLayer(
  after: string,
  rule: ActivationRule,
  range: ValueRange | undefined,
  { kind, scheme, averagingConstant }: TrainingRanges,
): Layer | undefined {
  const node = { name: roundingName(after), config: {}, weights: [] };
  if (rule === "rounded") return { ...node, kind: SameCodes.className };
  if (rule !== "own" || !range) return undefined;
  if (kind === "observed") {
    const weights = [vector(Float32Array.of(range.min, range.max))];
    return { ...node, kind: MovingRange.className, config: { scheme, averagingConstant }, weights };
  }
  const params = paramsFromRanges([range], scheme);
  return {
    ...node,
    kind: LearnedScale.className,
    config: { params },
    weights: [vector(logScalesOf(params))],
  };
}

function vector(data: Float32Array): Tensor {
  return { shape: [data.length], data };
}

/** Tells the layers that round to another's codes which layer that is. */
export function followLeaders(model: tf.LayersModel, graph: LayerGraph): void {
  for (const { name } of graph.nodes) {
    const layer = roundingOf(model, name);
    const leader = roundingOf(model, sourceOf(graph, name));
    if (layer instanceof SameCodes && leader) layer.leader = leader;
  }
}

function roundingOf(model: tf.LayersModel, name: string): RoundingLayer | undefined {
  const layer = model.layers.find((candidate) => candidate.name === roundingName(name));
  return layer instanceof RoundingLayer ? layer : undefined;
}

/** The layers whose ranges follow the batches. */
export function movingRanges(model: tf.LayersModel): MovingRange[] {
  return model.layers.filter((layer) => layer instanceof MovingRange);
}

/** What was trained, as codes. */
export function trainedModel(model: tf.LayersModel, graph: LayerGraph): QuantizedModel {
  let trained = graph;
  const outputs = new Map<string, QuantParams>();
  const rules = activationRules(graph);
  for (const node of graph.nodes) {
    // What is trained behind a kernel has its scales' logarithms at the end.
    const weights = model.getLayer(node.name).getWeights().slice(0, node.weights.length).map(toTensor);
    trained = withWeights(trained, node.name, weights);
    const rounding = roundingOf(model, node.name);
    if (rounding && rules.get(node.name) === "own") outputs.set(node.name, rounding.params());
  }
  // Codes of the kernel that was computed with: torch's own two ways to them differ at ties.
  return assemble(trained, outputs, (node, fit) => {
    const kernel = withOneOutputAxis(node, node.weights[0]!);
    const params = fit((model.getLayer(node.name) as RoundedWeights).paramsOf(kernel));
    return quantize(fakeQuantize(kernel, params), params);
  });
}

/** Gives a trained model the biases that int32 codes stand for, as the quantized model has them. */
export function snapBiases(model: tf.LayersModel, { graph, weights }: QuantizedModel): void {
  for (const [name, quantized] of Object.entries(weights)) {
    const [, bias] = restoredWeights(findLayer(graph, name), quantized);
    if (!bias) continue;
    const variable = model.getLayer(name).weights[1]!;
    tf.tidy(() => {
      variable.write(tf.tensor(bias.data, [...bias.shape]));
    });
  }
}
