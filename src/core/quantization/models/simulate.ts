import type * as tf from "@tensorflow/tfjs";
import {
  findLayer,
  fromLayerGraph,
  type Layer,
  type LayerGraph,
  type LayerNode,
  replaceNodes,
  withWeights,
} from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { dequantize } from "../quantize.js";
import { activationRules } from "./activation-rules.js";
import { checkQuantized, hasKernel, type QuantizedModel, type QuantizedWeights } from "./quantized-model.js";
import { FakeQuantize } from "./rounding-layers.js";

/**
 * A tfjs model that answers as the quantized one, in float arithmetic: weights and biases are the numbers that
 * their codes stand for, and what leaves a layer is rounded to codes and back.
 *
 * In one layer, on the same codes, integer arithmetic gives the same codes but for neighbours: where a sum lies
 * near the middle between two codes, and at average pools. There a mean often lies right in the middle: integers
 * take the code farther from 0, as TensorFlow Lite does, and this model what its convention and float32 make of
 * it. Of 7200 codes of a 2 × 2 average pool 817 to 903 differed, with the convention "tflite" 341. Layers behind
 * pass such steps on.
 *
 * It is for accuracy, not for speed: it is slower than the float model.
 *
 * @throws LabError for a graph that is none.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { predict } from "edgelab/core/training";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration });
 * (await predict(simulate(quantized), calibration)).shape; // [8, 10]
 * ```
 */
export function simulate(model: QuantizedModel): tf.LayersModel {
  return fromLayerGraph(simulatedGraph(model));
}

/** The graph of `simulate`: a `FakeQuantize` layer stands after each layer whose output is rounded. */
export function simulatedGraph(model: QuantizedModel): LayerGraph {
  checkQuantized(model);
  const rules = activationRules(model.graph);
  let graph = model.graph;
  for (const node of model.graph.nodes) {
    const quantized = model.weights[node.name];
    if (hasKernel(node) && quantized) {
      graph = withWeights(graph, node.name, restoredWeights(node, quantized));
    }
    const params = model.activations[node.name];
    if (params && rules.get(node.name) !== "same") {
      const rounding = { name: roundingName(node.name), kind: FakeQuantize.className, config: { params } };
      graph = insertAfter(graph, node.name, { ...rounding, weights: [] });
    }
  }
  return graph;
}

/** The name of the layer that rounds another's output. */
export function roundingName(name: string): string {
  return `${name}_rounded`;
}

/** The graph with a layer between another and its consumers. */
export function insertAfter(graph: LayerGraph, name: string, inserted: Layer): LayerGraph {
  return replaceNodes(graph, name, [findLayer(graph, name), inserted]);
}

/** The weights that a layer's codes stand for, in the layer's own shapes. */
export function restoredWeights(
  { weights: [kernel, bias] }: LayerNode,
  quantized: QuantizedWeights,
): Tensor[] {
  const restored = { shape: kernel!.shape, data: dequantize(quantized.kernel).data };
  if (!bias) return [restored];
  return [restored, quantized.bias ? restoredBias(quantized.bias) : bias];
}

/** b = S_in · S_w · code */
function restoredBias({ codes, scales }: NonNullable<QuantizedWeights["bias"]>): Tensor {
  return { shape: [codes.length], data: Float32Array.from(codes, (code, c) => code * scales[c]!) };
}
