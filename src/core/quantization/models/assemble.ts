import { LabError } from "../../errors.js";
import type { LayerGraph, LayerNode } from "../../model/index.js";
import type { Tensor } from "../../tensor.js";
import { quantizeBias } from "../integer/index.js";
import type { QuantizedTensor, QuantParams } from "../scheme.js";
import { activationRules, sourceOf } from "./activation-rules.js";
import {
  hasKernel,
  type QuantizedBias,
  type QuantizedModel,
  type QuantizedWeights,
} from "./quantized-model.js";

/** The codes of a layer's kernel. `fit` widens the scales that would leave the bias no int32 code. */
export type KernelCodes = (node: LayerNode, fit: (params: QuantParams) => QuantParams) => QuantizedTensor;

/** Puts weights and parameters together. Outputs without parameters of their own have those of their source. */
export function assemble(
  graph: LayerGraph,
  own: ReadonlyMap<string, QuantParams>,
  codesOf: KernelCodes,
): QuantizedModel {
  const rules = activationRules(graph);
  const quantized = graph.nodes.filter(({ name }) => own.size > 0 && rules.get(name) !== "float");
  const activations = Object.fromEntries(
    quantized.map(({ name }) => [name, own.get(sourceOf(graph, name))!]),
  );
  const weights = graph.nodes
    .filter(hasKernel)
    .map((node) => [node.name, weightsOf(node, activations[node.inputs[0]!], codesOf)]);
  return { graph, weights: Object.fromEntries(weights), activations };
}

function weightsOf(node: LayerNode, input: QuantParams | undefined, codesOf: KernelCodes): QuantizedWeights {
  const [, bias] = node.weights;
  if (!bias || !input) return { kernel: codesOf(node, (params) => params) };
  const kernel = codesOf(node, (params) => withRoomForBias(params, bias, input));
  return { kernel, bias: biasCodes(bias, kernel, input) };
}

/**
 * A channel of (nearly) no weights has a scale so small that its bias, in steps of `S_in · S_w`, is beyond int32.
 * Its scale is widened until the bias takes half of int32 at most, which leaves half to the products.
 *
 * @see onnxruntime/quantization/qdq_quantizer.py, `_adjust_weight_scale_for_int32_bias`
 */
function withRoomForBias(params: QuantParams, bias: Tensor, input: QuantParams): QuantParams {
  const least = bias.data.map((b) => Math.abs(b) / (input.scales[0]! * 2 ** 30));
  const isShared = params.scales.length === 1;
  const scales = params.scales.map((scale, c) =>
    Math.max(scale, isShared ? least.reduce((a, b) => Math.max(a, b)) : least[c]!),
  );
  return params.granularity.per === "block" ? params : { ...params, scales };
}

/** An accumulator adds up products `S_in · S_w`; the bias counts in the same steps. */
function biasCodes(bias: Tensor, { params }: QuantizedTensor, input: QuantParams): QuantizedBias {
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
