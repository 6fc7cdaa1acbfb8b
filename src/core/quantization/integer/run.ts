import { wrongKind } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { addInt8 } from "./add.js";
import { checkActivation, checkBytes, checkRounding, typeOf } from "./arguments.js";
import { addBias } from "./bias.js";
import { conv2dInt8 } from "./conv2d.js";
import { depthwiseConv2dInt8 } from "./depthwise.js";
import { matmulInt8 } from "./matmul.js";
import type {
  ActivationParams,
  ByteTensor,
  IntegerLayer,
  IntegerNetwork,
  Rounding,
  WeightedLayer,
} from "./network.js";
import { averagePoolInt8, globalAveragePoolInt8, maxPoolInt8 } from "./pool.js";
import { reluInt8 } from "./relu.js";
import { requantize } from "./requantize.js";

export interface RunOptions {
  /** How accumulators and sums come back to codes; "double" if left out. Means are rounded in one way only. */
  readonly rounding?: Rounding;
}

/** Codes, and what they stand for. */
export interface Activation {
  readonly codes: ByteTensor;
  readonly params: ActivationParams;
}

/**
 * Runs a network on a batch of input codes [n, …] and gives the codes of its output.
 *
 * @throws LabError for an input of another shape or type, a layer whose input does not come before it, and
 * whatever the layers refuse.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const weights = { shape: [2, 1], data: Int8Array.of(3, -1) };
 * const numbers = { weightScales: Float64Array.of(0.5), weightZeros: Int32Array.of(0), bias: Int32Array.of(4) };
 * const layer = { kind: "dense", name: "fc", input: "x", weights, ...numbers, output: params } as const;
 * const network = { input: { name: "x", shape: [2], params }, layers: [layer], output: "fc" };
 * runInteger(network, { shape: [1, 2], data: Int8Array.of(10, 20) }).data; // Int8Array [7]
 * ```
 */
export function runInteger(network: IntegerNetwork, input: ByteTensor, options: RunOptions = {}): ByteTensor {
  return activationOf(runIntegerLayers(network, input, options), network.output).codes;
}

/**
 * Runs a network as `runInteger` does and keeps every activation, by the name of its layer; the input is among them.
 *
 * @throws LabError as `runInteger`.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const layers = [{ kind: "relu", name: "positive", input: "x" }] as const;
 * const network = { input: { name: "x", shape: [2], params }, layers, output: "positive" };
 * const activations = runIntegerLayers(network, { shape: [1, 2], data: Int8Array.of(-7, 7) });
 * activations.get("positive")?.codes.data; // Int8Array [0, 7]
 * activations.get("positive")?.params.codeMin; // 0
 * ```
 */
export function runIntegerLayers(
  network: IntegerNetwork,
  input: ByteTensor,
  options: RunOptions = {},
): ReadonlyMap<string, Activation> {
  checkNetwork(network);
  checkInput(network, input);
  checkRounding(options.rounding ?? "double");
  const activations = new Map<string, Activation>([
    [network.input.name, { codes: input, params: network.input.params }],
  ]);
  for (const layer of network.layers) {
    if (activations.has(layer.name)) {
      throw new LabError("BAD_NETWORK", `two layers have the name ${layer.name}`, "Give each its own name.");
    }
    activations.set(layer.name, runLayer(layer, activations, options));
  }
  return activations;
}

function checkNetwork(network: IntegerNetwork): void {
  if (Array.isArray(network?.layers) && network.input?.params) return;
  throw wrongKind(
    "the network",
    network,
    "Of a quantized model, toIntegerNetwork(quantized) of edgelab/core/quantization/models makes one.",
  );
}

function checkInput({ input: { shape, params } }: IntegerNetwork, input: ByteTensor): void {
  checkActivation(params, "the network's input");
  checkBytes(input, input.shape?.length, "the input");
  if (input.shape.slice(1).join() !== shape.join() || typeOf(input.data) !== params.type) {
    throw new LabError(
      "BAD_SHAPE",
      `the network takes ${params.type} [n, ${shape.join(", ")}], got ${typeOf(input.data)} [${input.shape.join(", ")}]`,
      "Of a quantized model and its inputs, inputCodes(quantized, inputs) makes what the network takes.",
    );
  }
}

/** The activation of a layer that has run. */
export function activationOf(activations: ReadonlyMap<string, Activation>, name: string): Activation {
  const found = activations.get(name);
  if (!found) {
    throw new LabError(
      "BAD_NETWORK",
      `there is no layer ${name} before its use`,
      "Order layers by their inputs.",
    );
  }
  return found;
}

function runLayer(
  layer: IntegerLayer,
  activations: ReadonlyMap<string, Activation>,
  { rounding = "double" }: RunOptions,
): Activation {
  if (layer.kind === "add") {
    const [a, b] = [activationOf(activations, layer.inputs[0]), activationOf(activations, layer.inputs[1])];
    const options = { a: a.params, b: b.params, output: layer.output, rounding };
    return { codes: addInt8(a.codes, b.codes, options), params: layer.output };
  }
  const input = activationOf(activations, layer.input);
  const { codes, params } = input;
  switch (layer.kind) {
    case "dense":
    case "conv2d":
    case "depthwise-conv2d": {
      const { weightScales, output } = layer;
      const options = { inputScale: params.scale, weightScales, output, rounding };
      return { codes: requantize(accumulate(layer, input), options), params: output };
    }
    case "max-pool":
      return { codes: maxPoolInt8(codes, layer), params };
    case "average-pool":
      return { codes: averagePoolInt8(codes, layer), params };
    case "global-average-pool":
      return { codes: globalAveragePoolInt8(codes), params };
    case "flatten":
      return { codes: flatten(codes), params };
    case "relu": {
      const codeMin = Math.max(params.codeMin, params.zeroPoint);
      return { codes: reluInt8(codes, params.zeroPoint), params: { ...params, codeMin } };
    }
  }
}

/**
 * The accumulators of a layer with weights, bias included: what `requantize` and `explainRequantization` take.
 *
 * @throws LabError for shapes that don't fit, and for sums that can leave int32.
 *
 * @example
 * ```ts
 * const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;
 * const weights = { shape: [2, 1], data: Int8Array.of(3, -1) };
 * const numbers = { weightScales: Float64Array.of(0.5), weightZeros: Int32Array.of(0), bias: Int32Array.of(4) };
 * const layer = { kind: "dense", name: "fc", input: "x", weights, ...numbers, output: params } as const;
 * accumulate(layer, { codes: { shape: [1, 2], data: Int8Array.of(10, 20) }, params }).data; // Int32Array [14]
 * ```
 */
export function accumulate(layer: WeightedLayer, { codes, params }: Activation): Tensor<Int32Array> {
  return addBias(product(layer, codes, params.zeroPoint), layer.bias);
}

function product(layer: WeightedLayer, codes: ByteTensor, zero: number): Tensor<Int32Array> {
  const { weights, weightZeros } = layer;
  switch (layer.kind) {
    case "dense":
      return matmulInt8(codes, weights, { aZero: zero, bZeros: weightZeros });
    case "conv2d":
      return conv2dInt8(codes, weights, { ...layer, inputZero: zero });
    case "depthwise-conv2d":
      return depthwiseConv2dInt8(codes, weights, { ...layer, inputZero: zero });
  }
}

function flatten({ shape, data }: ByteTensor): ByteTensor {
  const [images = 0] = shape;
  return { shape: [images, data.length / images], data };
}
