import type * as tf from "@tensorflow/tfjs";
import { checkFinite } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { findLayer, foldBatchNorm, type LayerGraph } from "../../model/index.js";
import { parseCodeType } from "../code-type.js";
import type { ObserverOptions } from "../observers/index.js";
import { paramsFromRanges } from "../params.js";
import { quantize } from "../quantize.js";
import type { CodeType, QuantParams, QuantScheme, ValueRange } from "../scheme.js";
import { assemble, type KernelCodes } from "./assemble.js";
import { type Calibration, type CalibrationOptions, calibrate } from "./calibrate.js";
import { fuseActivations } from "./fuse-activations.js";
import {
  checkOptions,
  graphOf,
  hasKernel,
  type QuantizedModel,
  withOneOutputAxis,
} from "./quantized-model.js";
import { type WeightOptions, weightParams } from "./weight-scheme.js";

/** How a layer's outputs become codes; always one scale a tensor. */
export interface ActivationScheme {
  /** "int8" */
  readonly type?: CodeType;
  /** false */
  readonly symmetric?: boolean;
  /** One bit less, for processors whose int8 products overflow int16. false */
  readonly reduceRange?: boolean;
  /** Finds the ranges over the calibration inputs: `{ kind: "min-max" }`. */
  readonly observer?: ObserverOptions;
}

export interface QuantizeModelOptions extends WeightOptions {
  readonly activations?: ActivationScheme;
  /** A few hundred inputs such as the model will see. */
  readonly calibration: Calibration;
  /** 64 */
  readonly batchSize?: number;
  readonly onProgress?: CalibrationOptions["onProgress"];
}

/**
 * Post-training quantization. Batch normalizations are folded and ReLUs fused, the calibration inputs run
 * through the float model while observers watch each layer's output, and weights, biases and outputs get
 * parameters: biases int32, in steps of `S_in · S_w`.
 *
 * A batch normalization that `foldBatchNorm` leaves alone stays float: `weights` has no entry of it, and
 * `modelBytes` counts its numbers as float32.
 *
 * @throws LabError for a layer of another kind with weights (code `NO_CODES`), calibration inputs that are empty or not finite, an unknown layer's name, and what the
 * convention does not define.
 * @see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference" (2018), sections 2 and 3
 * @see Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference" (2018), section 3
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration });
 * Object.values(quantized.weights).map(({ kernel }) => kernel.shape); // [[784, 128], [128, 64], [64, 10]]
 * ```
 */
export async function quantizeModel(
  model: tf.LayersModel | LayerGraph,
  options: QuantizeModelOptions,
): Promise<QuantizedModel> {
  const graph = prepare(graphOf(model));
  checkOptions(options, "quantizeModel");
  checkLayers(graph, options.layers);
  const ranges = await calibrate(graph, options.calibration, calibrationOptions(options));
  return assemble(graph, outputParams(ranges, options), codesBy(options));
}

/**
 * Quantizes the weights alone; activations and biases stay float. That makes a model smaller, not faster:
 * it pays where reading the weights takes the time. Needs no calibration.
 *
 * @throws LabError for a layer with weights that is no dense layer and no convolution (code `NO_CODES`), an unknown layer's name, and what the convention does not define.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const weights = { type: "int4", per: { block: 32 } } as const;
 * const quantized = quantizeWeights(teachingMlp(seeded("a")), { weights });
 * Object.values(quantized.weights).map(({ kernel }) => kernel.params.scales.length); // [3200, 256, 20]
 * ```
 */
export function quantizeWeights(
  model: tf.LayersModel | LayerGraph,
  options: WeightOptions = {},
): QuantizedModel {
  const graph = prepare(graphOf(model));
  checkLayers(graph, options.layers);
  return assemble(graph, new Map(), codesBy(options));
}

/** The graph as it is quantized. */
export function prepare(graph: LayerGraph): LayerGraph {
  return fuseActivations(foldBatchNorm(graph));
}

export function checkLayers(graph: LayerGraph, layers: WeightOptions["layers"] = {}): void {
  for (const node of graph.nodes) {
    for (const { data } of node.weights) checkFinite(data, `the weights of layer ${node.name}`);
    if (node.weights.length === 0 || hasKernel(node) || node.kind === "BatchNormalization") continue;
    throw new LabError(
      "NO_CODES",
      `layer ${node.name} (${node.kind}) has weights that would stay float`,
      "Keep to dense layers, Conv2D and DepthwiseConv2D; dynamicGru and dynamicAttention quantize theirs.",
    );
  }
  for (const name of Object.keys(layers)) {
    if (!hasKernel(findLayer(graph, name))) {
      throw new LabError("NO_WEIGHTS", `layer ${name} has no kernel`, "Name a convolution or a dense layer.");
    }
  }
}

export function calibrationOptions(options: Omit<QuantizeModelOptions, "calibration">): CalibrationOptions {
  const { activations = {}, batchSize = 64, onProgress } = options;
  const { type = "int8", observer = { kind: "min-max" } } = activations;
  return {
    observer: forBits(observer, parseCodeType(type).bits),
    batchSize,
    ...(onProgress && { onProgress }),
  };
}

/** Observers that weigh rounding errors need to know how many codes there are. */
function forBits(observer: ObserverOptions, bits: number): ObserverOptions {
  if ((observer.granularity?.per ?? "tensor") !== "tensor") {
    throw new LabError(
      "BAD_SCHEME",
      `outputs can't be quantized per ${observer.granularity?.per}`,
      "Leave out the observer's granularity: an accumulator adds up all channels of its input.",
    );
  }
  return observer.kind === "histogram" || observer.kind === "mse" ? { bits, ...observer } : observer;
}

export function activationScheme({
  convention = "onnxruntime",
  activations: { type = "int8", symmetric = false, reduceRange = false } = {},
}: Pick<QuantizeModelOptions, "convention" | "activations">): QuantScheme {
  return { convention, type, symmetric, granularity: { per: "tensor" }, ...(reduceRange && { reduceRange }) };
}

function outputParams(
  ranges: ReadonlyMap<string, ValueRange>,
  options: QuantizeModelOptions,
): Map<string, QuantParams> {
  const scheme = activationScheme(options);
  return new Map([...ranges].map(([name, range]) => [name, paramsFromRanges([range], scheme)]));
}

function codesBy(options: WeightOptions): KernelCodes {
  return (node, fit) => quantize(withOneOutputAxis(node, node.weights[0]!), fit(weightParams(node, options)));
}
