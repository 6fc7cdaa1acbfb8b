import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../../errors.js";
import { findLayer, foldBatchNorm, type LayerGraph, type LayerNode } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { parseCodeType } from "../code-type.js";
import { quantizeBias } from "../integer/index.js";
import type { ObserverOptions } from "../observers/index.js";
import { paramsFromData, paramsFromRanges } from "../params.js";
import { quantize } from "../quantize.js";
import type {
  CodeType,
  Convention,
  QuantizedTensor,
  QuantParams,
  QuantScheme,
  ValueRange,
} from "../scheme.js";
import { activationRules, sourceOf } from "./activation-rules.js";
import { type Calibration, type CalibrationOptions, calibrate } from "./calibrate.js";
import { fuseActivations } from "./fuse-activations.js";
import {
  graphOf,
  hasKernel,
  outputAxisLast,
  type QuantizedModel,
  type QuantizedWeights,
  withOneOutputAxis,
} from "./quantized-model.js";

/** How a layer's weights become codes. */
export interface WeightScheme {
  /** "int8" */
  readonly type?: CodeType;
  /** true */
  readonly symmetric?: boolean;
  /** One scale a tensor, an output channel ("channel", if left out), or a block of so many inputs of a channel. */
  readonly per?: "tensor" | "channel" | { readonly block: number };
}

/** How a layer's outputs become codes; always one scale a tensor. */
export interface ActivationScheme {
  /** "int8" */
  readonly type?: CodeType;
  /** false */
  readonly symmetric?: boolean;
  /** Finds the ranges over the calibration inputs: `{ kind: "min-max" }`. */
  readonly observer?: ObserverOptions;
}

export interface WeightOptions {
  /** "onnxruntime" */
  readonly convention?: Convention;
  readonly weights?: WeightScheme;
  /** Other weights for some layers, by name: the first and the last in more bits, for example. */
  readonly layers?: Readonly<Record<string, WeightScheme>>;
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
 * @throws LabError for calibration inputs that are empty or not finite, an unknown layer's name, and what the
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
  checkLayers(graph, options.layers);
  const ranges = await calibrate(graph, options.calibration, calibrationOptions(options));
  return assemble(graph, outputParams(ranges, options), (node) => kernelCodes(node, options));
}

/**
 * Quantizes the weights alone; activations and biases stay float. That makes a model smaller, not faster:
 * it pays where reading the weights takes the time. Needs no calibration, and no tfjs for a graph.
 *
 * @throws LabError for an unknown layer's name, and what the convention does not define.
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
  return assemble(graph, new Map(), (node) => kernelCodes(node, options));
}

/** The graph as it is quantized. */
export function prepare(graph: LayerGraph): LayerGraph {
  return fuseActivations(foldBatchNorm(graph));
}

export function checkLayers(graph: LayerGraph, layers: WeightOptions["layers"] = {}): void {
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
  return observer.kind === "histogram" || observer.kind === "mse" ? { bits, ...observer } : observer;
}

export function activationScheme({
  convention = "onnxruntime",
  activations: { type = "int8", symmetric = false } = {},
}: Pick<QuantizeModelOptions, "convention" | "activations">): QuantScheme {
  return { convention, type, symmetric, granularity: { per: "tensor" } };
}

function outputParams(
  ranges: ReadonlyMap<string, ValueRange>,
  options: QuantizeModelOptions,
): Map<string, QuantParams> {
  const scheme = activationScheme(options);
  return new Map([...ranges].map(([name, range]) => [name, paramsFromRanges([range], scheme)]));
}

/** How a layer's kernel is quantized, its depthwise outputs in one axis. */
export function weightScheme({ name, kind, weights }: LayerNode, options: WeightOptions): QuantScheme {
  const { convention = "onnxruntime", layers } = options;
  const { type = "int8", symmetric = true, per = "channel" } = layers?.[name] ?? options.weights ?? {};
  const axis = outputAxisLast(kind, weights[0]!.shape).length - 1;
  const granularity =
    per === "tensor"
      ? ({ per } as const)
      : per === "channel"
        ? ({ per, axis } as const)
        : ({ per: "block", axis: axis - 1, size: per.block } as const);
  return { convention, type, symmetric, granularity };
}

export function weightParams(node: LayerNode, options: WeightOptions): QuantParams {
  return paramsFromData(withOneOutputAxis(node, node.weights[0]!), weightScheme(node, options));
}

function kernelCodes(node: LayerNode, options: WeightOptions): QuantizedTensor {
  return quantize(withOneOutputAxis(node, node.weights[0]!), weightParams(node, options));
}

/** Puts weights and parameters together. Outputs without parameters of their own have those of their source. */
export function assemble(
  graph: LayerGraph,
  own: ReadonlyMap<string, QuantParams>,
  codesOfKernel: (node: LayerNode) => QuantizedTensor,
): QuantizedModel {
  const rules = activationRules(graph);
  const quantized = graph.nodes.filter(({ name }) => own.size > 0 && rules.get(name) !== "float");
  const activations = Object.fromEntries(
    quantized.map(({ name }) => [name, own.get(sourceOf(graph, name))!]),
  );
  const weights = graph.nodes
    .filter(hasKernel)
    .map((node) => [node.name, withBias(node, codesOfKernel(node), activations[node.inputs[0]!])]);
  return { graph, weights: Object.fromEntries(weights), activations };
}

function withBias(
  { weights: [, bias] }: LayerNode,
  kernel: QuantizedTensor,
  input: QuantParams | undefined,
): QuantizedWeights {
  return bias && input ? { kernel, bias: biasCodes(bias, kernel, input) } : { kernel };
}

/** An accumulator adds up products `S_in · S_w`; the bias counts in the same steps. */
function biasCodes(bias: Tensor, { params }: QuantizedTensor, input: QuantParams) {
  if (params.granularity.per === "block") {
    throw new LabError(
      "BAD_SCHEME",
      "weights in blocks have several scales a channel, so their products can't be added up as integers",
      "Quantize blocks with quantizeWeights, where activations stay float.",
    );
  }
  const inputScale = input.scales[0]!;
  const weightScales = Float64Array.from(bias.data, (_, c) => params.scales[c] ?? params.scales[0]!);
  const { data } = quantizeBias(bias, { inputScale, weightScales });
  return { codes: data, scales: weightScales.map((scale) => inputScale * scale) };
}
