import { LabError } from "../../errors.js";
import { checkChannelsLast, readPadding, readPair, readTargetShape } from "../../model/config.js";
import { findLayer, type LayerNode, outputShapes } from "../../model/index.js";
import { parseCodeType } from "../code-type.js";
import { activationParams, byteTensor } from "../integer/index.js";
import type { ActivationParams, IntegerLayer, IntegerNetwork, Window } from "../integer/network.js";
import { quantize } from "../quantize.js";
import { activationRules, isRelu } from "./activation-rules.js";
import { checkQuantized, type QuantizedModel } from "./quantized-model.js";

/**
 * The network of integer arithmetic that computes what a quantized model says: codes in, codes out, no float
 * number in between. Codes of fewer than 8 bits are computed as bytes that saturate where their type ends.
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
  checkQuantized(model);
  const [input, ...others] = model.graph.nodes.filter(({ kind }) => kind === "InputLayer");
  const [output, ...more] = model.graph.outputs;
  if (!input || !output || others.length + more.length > 0) {
    throw new LabError("BAD_GRAPH", "the model has several inputs or outputs", "Give it one of each.");
  }
  const context: Context = { model, rules: activationRules(model.graph), replaced: new Map() };
  const params = outputOf(model, input);
  const layers = model.graph.nodes.flatMap((node) => (node === input ? [] : convert(context, node)));
  checkDense(model);
  const shape = readTargetShape(input, "batchInputShape").slice(1).map(Number);
  return {
    input: { name: input.name, shape, params },
    layers,
    output: nameIn(context, output),
  };
}

/** Integer arithmetic multiplies rows: one vector an example. */
function checkDense({ graph }: QuantizedModel): void {
  const shapes = outputShapes(graph);
  for (const node of graph.nodes.filter(({ kind }) => kind === "Dense")) {
    const shape = shapes.get(node.inputs[0]!)!;
    if (shape.length !== 1) refuse(node, `Flatten its input, which is [${["count", ...shape].join(", ")}].`);
  }
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
    case "Softmax":
    case "Activation":
      return refuse(node, `Leave it out before quantizing: ${outside(node.config.activation ?? "softmax")}`);
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
  const { params } = quantized.kernel;
  if (parseCodeType(params.type).bits > 8) {
    return refuse(node, `Its weights are ${params.type}: take 8 bits or fewer.`);
  }
  const { data } = byteTensor(quantized.kernel);
  const outputs = quantized.kernel.shape.at(-1)!;
  return {
    name: node.name,
    input: nameIn(context, node.inputs[0]!),
    weights: { shape: node.weights[0]!.shape, data },
    weightScales: params.scales,
    weightZeros: params.zeroPoints,
    bias: quantized.bias?.codes ?? new Int32Array(outputs),
    output: outputOf(context.model, node, activationOf(node)),
  };
}

function activationOf(node: LayerNode): "linear" | "relu" | "relu6" {
  const activation = node.config.activation ?? "linear";
  if (activation === "linear" || activation === "relu" || activation === "relu6") return activation;
  return refuse(node, `Give it the activation "linear" before quantizing: ${outside(activation)}`);
}

/** How to do without an activation that integer arithmetic lacks. */
function outside(activation: unknown): string {
  return activation === "softmax"
    ? "the answers are then logits, whose greatest is the same, and temperatureSoftmax of edgelab/core/distillation makes probabilities of them."
    : `apply ${activation} to what predictInteger gives if it comes last, else train with ReLU in its place.`;
}

/** What a layer's codes stand for. A ReLU cuts them off at the code of 0, a ReLU6 at that of 6 as well. */
function outputOf(
  { activations }: QuantizedModel,
  { name }: Pick<LayerNode, "name">,
  activation: "linear" | "relu" | "relu6" = "linear",
): ActivationParams {
  const params = activations[name];
  if (!params || parseCodeType(params.type).bits > 8) {
    throw new LabError(
      "NO_INTEGER_LAYER",
      `the output of layer ${name} is ${params?.type ?? "float"}`,
      "Quantize the activations with quantizeModel, to 8 bits or fewer.",
    );
  }
  const output = activationParams(params);
  if (activation === "linear") return output;
  const codeMin = Math.max(output.codeMin, output.zeroPoint);
  if (activation === "relu") return { ...output, codeMin };
  const six = quantize({ shape: [1], data: Float32Array.of(6) }, params).codes[0]!;
  return { ...output, codeMin, codeMax: six };
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
