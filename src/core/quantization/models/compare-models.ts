import { LabError } from "../../errors.js";
import { fromLayerGraph, type LayerGraph } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { checkInputs } from "../../training/predict.js";
import { cosineSimilarity, maxError, sqnr } from "../error-measures.js";
import { activationRules } from "./activation-rules.js";
import { type Calibration, inputsOf, runAll } from "./calibrate.js";
import { checkQuantized, type QuantizedModel } from "./quantized-model.js";
import { roundingName, simulatedGraph } from "./simulate.js";

/** How far a layer's output is off. */
export interface LayerComparison {
  readonly name: string;
  readonly kind: string;
  /** In decibels, for all errors made up to here. */
  readonly sqnr: number;
  /** In the unit of the output. */
  readonly maxError: number;
  readonly cosine: number;
  /** In decibels, of the model's answer, when this layer's weights and output alone are quantized. */
  readonly alone: number;
}

/**
 * Which layer hurts: each layer's output in the quantized model beside the float model's, on some hundred
 * inputs. Layers that only pass codes on (max pools, flatten, …) are left out.
 *
 * `sqnr`, `maxError` and `cosine` hold what has gathered up to a layer; `alone` says what the one layer does
 * to the answer, so the lowest is the first to give more bits.
 *
 * @param evaluation inputs, or a data set whose inputs count; others than those of the calibration say more
 * @throws LabError for a model with several outputs, and for inputs that are empty, not finite, or don't fit the model.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const inputs = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration: inputs });
 * const rows = await compareModels(quantized, inputs);
 * rows.map(({ kind }) => kind); // ["InputLayer", "Dense", "Dense", "Dense"]
 * ```
 */
export async function compareModels(
  model: QuantizedModel,
  evaluation: Calibration,
): Promise<LayerComparison[]> {
  checkQuantized(model);
  if (model.graph.outputs.length !== 1) {
    throw new LabError(
      "BAD_GRAPH",
      `the model has ${model.graph.outputs.length} outputs`,
      "Compare models with one output: which layer hurts the answer is asked of one answer.",
    );
  }
  const inputs = inputsOf(evaluation, "the inputs to compare on");
  await chooseBackend();
  const rules = activationRules(model.graph);
  const compared = model.graph.nodes.filter(({ name }) => ["own", "rounded"].includes(rules.get(name)!));
  const names = compared.map(({ name }) => name);
  const answer = model.graph.outputs[0]!;
  const [expected, ...floats] = outputsOf(model.graph, [answer, ...names], inputs);
  const restored = simulatedOutputs(model, names, inputs);
  return compared.map(({ name, kind }, i) => {
    const [x, y] = [floats[i]!.data, restored[i]!.data];
    const [alone] = simulatedOutputs(onlyLayer(model, name), [answer], inputs);
    return {
      name,
      kind,
      sqnr: sqnr(x, y),
      maxError: maxError(x, y),
      cosine: cosineSimilarity(x, y),
      alone: sqnr(expected!.data, alone!.data),
    };
  });
}

/** The outputs of layers, in the given order. */
export function outputsOf(graph: LayerGraph, names: readonly string[], inputs: Tensor): Tensor[] {
  // tfjs answers once where a model names an output twice.
  const distinct = [...new Set(names)];
  const model = fromLayerGraph({ ...graph, outputs: distinct });
  try {
    checkInputs(model, inputs);
    const outputs = runAll(model, inputs);
    return names.map((name) => outputs[distinct.indexOf(name)]!);
  } finally {
    model.dispose();
  }
}

/** The outputs of layers in the quantized model, after rounding. */
function simulatedOutputs(model: QuantizedModel, names: readonly string[], inputs: Tensor): Tensor[] {
  const graph = simulatedGraph(model);
  const present = new Set(graph.nodes.map(({ name }) => name));
  const ends = names.map((name) => (present.has(roundingName(name)) ? roundingName(name) : name));
  return outputsOf(graph, ends, inputs);
}

/** The model with one layer quantized, and the others float. */
function onlyLayer({ graph, weights, activations }: QuantizedModel, name: string): QuantizedModel {
  return { graph, weights: pickName(weights, name), activations: pickName(activations, name) };
}

function pickName<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const value = record[name];
  return value === undefined ? {} : { [name]: value };
}
