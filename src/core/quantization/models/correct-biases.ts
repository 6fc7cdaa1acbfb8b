import { findLayer, type LayerGraph, withWeights } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { quantizeBias } from "../integer/index.js";
import { type Calibration, inputsOf } from "./calibrate.js";
import { outputsOf } from "./compare-models.js";
import { checkQuantized, type QuantizedBias, type QuantizedModel } from "./quantized-model.js";
import { simulatedGraph } from "./simulate.js";

/**
 * Bias correction: rounded weights shift the mean of what a channel computes, and a bias can take that back.
 * Layer by layer, with the layers before it corrected already, the mean over the calibration inputs of what the
 * float model computes before its activation, less that of the quantized model, is added to the bias.
 *
 * It costs nothing when the model runs. Layers without a bias, and models whose activations are float, are left
 * alone.
 *
 * @param calibration a few hundred inputs such as the model will see; they go through it at once
 * @throws LabError for inputs that are empty, not finite, or don't fit the model.
 * @see Nagel et al., "Data-free quantization through weight equalization and bias correction" (2019),
 * section 4.2 and appendix D
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const weights = { type: "int4" } as const;
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration, weights });
 * const corrected = await correctBiases(quantized, calibration);
 * Object.keys(corrected.weights).length; // 3
 * ```
 */
export async function correctBiases(
  model: QuantizedModel,
  calibration: Calibration,
): Promise<QuantizedModel> {
  checkQuantized(model);
  const inputs = inputsOf(calibration);
  await chooseBackend();
  let corrected = model;
  for (const [name, { kernel, bias }] of Object.entries(model.weights)) {
    if (!bias) continue;
    const shift = meanShift(corrected, name, inputs);
    const weights = { ...corrected.weights, [name]: { kernel, bias: shifted(bias, shift) } };
    corrected = { ...corrected, weights };
  }
  return corrected;
}

/** E[W x + b] in floats less that in the quantized model, for each output channel. */
function meanShift(model: QuantizedModel, name: string, inputs: Tensor): number[] {
  const { [name]: _, ...activations } = model.activations;
  const simulated = simulatedGraph({ ...model, activations });
  const [float, quantized] = [model.graph, simulated].map((graph) =>
    channelMeans(outputsOf(withoutActivation(graph, name), [name], inputs)[0]!),
  );
  return float!.map((mean, c) => mean - quantized![c]!);
}

function withoutActivation(graph: LayerGraph, name: string): LayerGraph {
  return withWeights(graph, name, findLayer(graph, name).weights, { activation: "linear" });
}

function channelMeans({ shape, data }: Tensor): number[] {
  const channels = shape.at(-1)!;
  const sums = new Array<number>(channels).fill(0);
  data.forEach((value, i) => {
    sums[i % channels]! += value;
  });
  return sums.map((sum) => (sum * channels) / data.length);
}

/** The codes of the bias that is shifted, in the same steps. */
function shifted({ codes, scales }: QuantizedBias, shift: readonly number[]): QuantizedBias {
  const data = Float32Array.from(codes, (code, c) => code * scales[c]! + shift[c]!);
  const moved = quantizeBias({ shape: [data.length], data }, { inputScale: 1, weightScales: scales });
  return { codes: moved.data, scales };
}
