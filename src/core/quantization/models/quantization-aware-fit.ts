import type * as tf from "@tensorflow/tfjs";
import { checkInteger } from "../../arguments.js";
import { checkDataset, type Dataset, pick } from "../../data/index.js";
import { LabError } from "../../errors.js";
import { findLayer, fromLayerGraph, type LayerGraph } from "../../model/index.js";
import { type Callbacks, type FitOptions, type FitResult, fit } from "../../training/index.js";
import { observer } from "../observers/index.js";
import { type Calibration, calibrate } from "./calibrate.js";
import {
  activationScheme,
  calibrationOptions,
  checkLayers,
  prepare,
  type QuantizeModelOptions,
} from "./quantize-model.js";
import { checkOptions, graphOf, type QuantizedModel } from "./quantized-model.js";
import { followLeaders, movingRanges, snapBiases, trainedModel, trainingGraph } from "./training-graph.js";

export interface QuantizationAwareOptions
  extends FitOptions,
    Pick<QuantizeModelOptions, "convention" | "weights" | "layers" | "activations"> {
  /** Where ranges start from; the first 256 training examples. */
  readonly calibration?: Calibration;
  /** "observed": ranges follow the data. "learned": scales are trained with the weights. "observed" */
  readonly ranges?: "observed" | "learned";
  /** What a new batch counts for in an observed range, in (0, 1]: that of a moving-average observer, or 0.01. */
  readonly averagingConstant?: number;
  /** After so many epochs observed ranges stay as they are: all but the last, if left out. */
  readonly freezeRangesAfter?: number;
}

export interface QuantizationAwareResult {
  /** Answers as `simulate(quantized)`, and can be trained on. */
  readonly model: tf.LayersModel;
  readonly quantized: QuantizedModel;
  readonly history: FitResult;
}

/**
 * Quantization-aware training: the forward pass computes with the numbers that the quantized model will have, and
 * gradients pass straight through the rounding to the float weights behind. It regains what few bits lose.
 *
 * Batch normalizations are folded before; calibration gives the ranges to start from. Weights take their range anew
 * in each step, outputs a moving average, unless scales are learned. The given model stays as it is.
 *
 * A pruned model's zeros do not stay: with `keepZeros: true`, as for `fit`, they do, and so do their codes.
 *
 * @throws LabError for what `quantizeModel` and `fit` refuse.
 * @see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference" (2018), section 3
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const inputs = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const data = { inputs, labels: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), classes: 10 };
 * const bits = { convention: "tflite", weights: { type: "int3" } } as const;
 * const trained = await quantizationAwareFit(teachingMlp(seeded("a")), data, { ...bits, epochs: 2, rng: seeded("c") });
 * trained.history.stopped; // "finished"
 * trained.model.dispose();
 * ```
 */
export async function quantizationAwareFit(
  model: tf.LayersModel | LayerGraph,
  data: Dataset,
  options: QuantizationAwareOptions,
): Promise<QuantizationAwareResult> {
  checkOptions(options, "quantizationAwareFit");
  checkTraining(options);
  checkDataset(data, "the training data");
  const { ranges: kind = "observed" } = options;
  const averagingConstant = averagingConstantOf(options);
  const graph = prepare(graphOf(model));
  checkGivesLogits(graph);
  checkLayers(graph, options.layers);
  const { onProgress: _, ...calibrating } = options;
  const calibration = options.calibration ?? firstExamples(data, 256);
  const ranges = await calibrate(graph, calibration, calibrationOptions(calibrating));
  const scheme = activationScheme(options);
  const built = fromLayerGraph(
    trainingGraph(graph, ranges, { kind, scheme, averagingConstant, weights: options }),
  );
  followLeaders(built, graph);
  try {
    const history = await fit(built, data, { ...options, callbacks: freezing(options) });
    const quantized = trainedModel(built, graph);
    snapBiases(built, quantized);
    return { model: built, quantized, history };
  } catch (error) {
    built.dispose();
    throw error;
  }
}

/** The observer checks it, and knows what it is if left out. */
function averagingConstantOf({ averagingConstant, activations }: QuantizationAwareOptions): number {
  const given = averagingConstant === undefined ? {} : { averagingConstant };
  const observed = activations?.observer?.kind === "moving-average" ? activations.observer : {};
  return observer({ ...observed, kind: "moving-average", ...given }).averagingConstant;
}

function checkTraining({ freezeRangesAfter, ranges }: QuantizationAwareOptions): void {
  if (freezeRangesAfter !== undefined) checkInteger(freezeRangesAfter, "freezeRangesAfter", 0);
  if (ranges !== undefined && ranges !== "observed" && ranges !== "learned") {
    throw new LabError("BAD_RANGES", `there are no ${ranges} ranges`, 'Use "observed" or "learned".');
  }
}

/** `fit` looks for a softmax at the end, too, but sees the rounding behind it. */
function checkGivesLogits(graph: LayerGraph): void {
  const { name, kind, config } = findLayer(graph, graph.outputs[0]!);
  if (kind !== "Softmax" && config.activation !== "softmax") return;
  throw new LabError(
    "SOFTMAX",
    `the model ends in a softmax, in layer ${name}`,
    "Build it without: let it give logits, and leave the softmax to the loss.",
  );
}

function firstExamples(data: Dataset, count: number): Dataset {
  return pick(
    data,
    Int32Array.from({ length: Math.min(count, data.labels.length) }, (_, i) => i),
  );
}

/** The caller's callbacks, with ranges that stop to move before theirs of that epoch. */
function freezing({ callbacks, epochs, freezeRangesAfter }: QuantizationAwareOptions): Callbacks {
  const moving = freezeRangesAfter ?? Math.max(1, epochs - 1);
  return {
    ...callbacks,
    beforeEpoch: (epoch, model) => {
      for (const layer of movingRanges(model)) layer.frozen = epoch > moving;
      return callbacks?.beforeEpoch?.(epoch, model);
    },
  };
}
