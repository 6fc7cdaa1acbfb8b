import { LabError } from "../../errors.js";
import { checkChannelsLast, readPadding, readPair, readTargetShape } from "../../model/config.js";
import { findLayer, type LayerNode } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { holdsBytes } from "../code-type.js";
import { type RunOptions, runInteger } from "../integer/index.js";
import type {
  ActivationParams,
  ByteTensor,
  IntegerLayer,
  IntegerNetwork,
  Window,
} from "../integer/network.js";
import { quantize } from "../quantize.js";
import { activationRules, isRelu } from "./activation-rules.js";
import type { QuantizedModel } from "./quantized-model.js";

/**
 * The network of integer arithmetic that computes what a quantized model says: codes in, codes out, no float
 * number in between.
 *
 * @throws LabError for a model whose activations are float, for codes wider than 8 bits, and for a layer that
 * integer arithmetic lacks here: name, kind and what to do are in the message.
 * @see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference" (2018), section 2
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const network = toIntegerNetwork(await quantizeModel(teachingMlp(seeded("a")), { calibration }));
 * network.layers.map(({ kind }) => kind); // ["flatten", "dense", "dense", "dense"]
 * ```
 */
export function toIntegerNetwork(model: QuantizedModel): IntegerNetwork {
  const [input, ...others] = model.graph.nodes.filter(({ kind }) => kind === "InputLayer");
  const [output, ...more] = model.graph.outputs;
  if (!input || !output || others.length + more.length > 0) {
    throw new LabError("BAD_GRAPH", "the model has several inputs or outputs", "Give it one of each.");
  }
  const context: Context = { model, rules: activationRules(model.graph), replaced: new Map() };
  const params = outputOf(model, input);
  const layers = model.graph.nodes.flatMap((node) => (node === input ? [] : convert(context, node)));
  const shape = readTargetShape(input, "batchInputShape").slice(1).map(Number);
  return {
    input: { name: input.name, shape, params },
    layers,
    output: nameIn(context, output),
  };
}

/**
 * Runs a quantized model in integer arithmetic: inputs to codes, codes through the network, and the codes that
 * come out as the numbers that they stand for.
 *
 * @param inputs [count, …]
 * @throws LabError for what `toIntegerNetwork` refuses, and for inputs of another shape.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeModel } from "edgelab/core/quantization/models";
 * const calibration = uniformTensor(seeded("b"), [8, 28, 28, 1], 0, 1);
 * const quantized = await quantizeModel(teachingMlp(seeded("a")), { calibration });
 * predictInteger(quantized, calibration).shape; // [8, 10]
 * ```
 */
export function predictInteger(model: QuantizedModel, inputs: Tensor, options: RunOptions = {}): Tensor {
  const network = toIntegerNetwork(model);
  const { shape, codes } = quantize(inputs, model.activations[network.input.name]!);
  const { scale, zeroPoint } = outputOf(model, { name: model.graph.outputs[0]! });
  const out = runInteger(network, { shape, data: codes as Int8Array | Uint8Array }, options);
  return { shape: out.shape, data: Float32Array.from(out.data, (code) => scale * (code - zeroPoint)) };
}

interface Context {
  readonly model: QuantizedModel;
  readonly rules: ReturnType<typeof activationRules>;
  /** Layers that do nothing here, and what stands for them. */
  readonly replaced: Map<string, string>;
}

function nameIn({ replaced }: Context, name: string): string {
  return replaced.get(name) ?? name;
}

function convert(context: Context, node: LayerNode): IntegerLayer[] {
  const { name, kind, inputs } = node;
  const input = nameIn(context, inputs[0] ?? "");
  if (isRelu(node)) return [rectifier(context, node, input)];
  switch (kind) {
    case "Dense":
      return [{ kind: "dense", ...weighted(context, node) }];
    case "Conv2D":
      return [{ kind: "conv2d", ...weighted(context, node), ...windowOf(node) }];
    case "DepthwiseConv2D":
      return [{ kind: "depthwise-conv2d", ...weighted(context, node), ...windowOf(node) }];
    case "MaxPooling2D":
      return [{ kind: "max-pool", name, input, size: sizeOfPool(node), ...windowOf(node) }];
    case "AveragePooling2D":
      return [{ kind: "average-pool", name, input, size: sizeOfPool(node), ...windowOf(node) }];
    case "GlobalAveragePooling2D":
      return [{ kind: "global-average-pool", name, input }];
    case "Flatten":
      return [{ kind: "flatten", name, input }];
    case "Dropout":
      context.replaced.set(name, input);
      return [];
    case "Add":
      // With a ReLU behind it, the two become one layer, at the ReLU's place.
      return context.rules.get(name) === "float"
        ? []
        : [sum(context, node, name, outputOf(context.model, node))];
    default:
      return refuse(node, "Keep to convolutions, dense layers, pools, additions, ReLUs and flatten.");
  }
}

function refuse({ name, kind }: LayerNode, nextStep: string): never {
  throw new LabError("NO_INTEGER_LAYER", `layer ${name} (${kind}) has no integer form`, nextStep);
}

function rectifier(context: Context, node: LayerNode, input: string): IntegerLayer {
  const before = findLayer(context.model.graph, node.inputs[0]!);
  if (context.rules.get(before.name) !== "float") return { kind: "relu", name: node.name, input };
  return sum(context, before, node.name, outputOf(context.model, node, "relu"));
}

function sum(context: Context, node: LayerNode, name: string, output: ActivationParams): IntegerLayer {
  const [a, b, ...others] = node.inputs.map((input) => nameIn(context, input));
  if (a === undefined || b === undefined || others.length > 0) return refuse(node, "Add two at a time.");
  return { kind: "add", name, inputs: [a, b], output };
}

/** What layers with a kernel have in common. */
function weighted(context: Context, node: LayerNode) {
  const quantized = context.model.weights[node.name];
  if (!quantized) return refuse(node, "Quantize its weights.");
  const { codes, params } = quantized.kernel;
  if (!holdsBytes(codes)) {
    return refuse(node, `Its weights are ${params.type}: take 8 bits or fewer.`);
  }
  const weights: ByteTensor = { shape: node.weights[0]!.shape, data: codes };
  const outputs = quantized.kernel.shape.at(-1)!;
  return {
    name: node.name,
    input: nameIn(context, node.inputs[0]!),
    weights,
    weightScales: params.scales,
    weightZeros: params.zeroPoints,
    bias: quantized.bias?.codes ?? new Int32Array(outputs),
    output: outputOf(context.model, node, activationOf(node)),
  };
}

function activationOf(node: LayerNode): "linear" | "relu" | "relu6" {
  const activation = node.config.activation ?? "linear";
  if (activation === "linear" || activation === "relu" || activation === "relu6") return activation;
  return refuse(node, `It has the activation ${JSON.stringify(activation)}: leave it to the caller.`);
}

/** What a layer's codes stand for. A ReLU cuts them off at the code of 0, a ReLU6 at that of 6 as well. */
function outputOf(
  { activations }: QuantizedModel,
  { name }: Pick<LayerNode, "name">,
  activation: "linear" | "relu" | "relu6" = "linear",
): ActivationParams {
  const params = activations[name];
  if (!params || (params.type !== "int8" && params.type !== "uint8")) {
    throw new LabError(
      "NO_INTEGER_LAYER",
      `the output of layer ${name} is ${params?.type ?? "float"}`,
      'Quantize the activations to "int8" or "uint8".',
    );
  }
  const [scale, zeroPoint] = [params.scales[0]!, params.zeroPoints[0]!];
  const six = quantize({ shape: [1], data: Float32Array.of(6) }, params).codes[0]!;
  const codeMin = activation === "linear" ? params.codeMin : Math.max(params.codeMin, zeroPoint);
  const codeMax = activation === "relu6" ? six : params.codeMax;
  return { type: params.type, scale, zeroPoint, codeMin, codeMax };
}

/** Strides and padding; the strides of a pool are its size unless given. */
function windowOf(node: LayerNode): Window {
  checkChannelsLast(node);
  if (readPair(node, "dilationRate", 1).some((rate) => rate !== 1))
    return refuse(node, "Leave out its dilation.");
  const isPool = node.kind.endsWith("Pooling2D");
  const strides = isPool && !node.config.strides ? sizeOfPool(node) : readPair(node, "strides", 1);
  return { strides, padding: readPadding(node) };
}

function sizeOfPool(node: LayerNode): readonly [number, number] {
  return readPair(node, "poolSize", 2);
}
