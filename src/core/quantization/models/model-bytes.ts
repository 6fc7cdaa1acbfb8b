import type { LayerNode } from "../../model/index.js";
import { parseCodeType } from "../code-type.js";
import type { QuantParams } from "../scheme.js";
import { storedBytes } from "../storage.js";
import { activationRules } from "./activation-rules.js";
import { checkQuantized, type QuantizedModel } from "./quantized-model.js";

/** What a layer stores. */
export interface LayerBytes {
  readonly name: string;
  readonly kind: string;
  /** As float32, batch normalizations folded. */
  readonly floatBytes: number;
  /** Codes, scales, zero points, biases, and what its output's codes stand for. */
  readonly bytes: number;
}

export interface ModelBytes {
  readonly layers: readonly LayerBytes[];
  readonly floatBytes: number;
  readonly bytes: number;
  /** How many times smaller. */
  readonly ratio: number;
}

/**
 * What a quantized model takes on disk, layer by layer, without the description of its structure: codes packed
 * as `storedBytes` says, a float32 scale (and a zero point, unless symmetric) for each group, biases of 4 bytes,
 * weights that have no codes as float32, and a scale and a zero point for each output that has its own.
 *
 * @throws LabError for what is no quantized model.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { quantizeWeights } from "edgelab/core/quantization/models";
 * const { floatBytes, bytes } = modelBytes(quantizeWeights(teachingMlp(seeded("a"))));
 * [floatBytes, bytes]; // [437544, 110800]
 * ```
 */
export function modelBytes(model: QuantizedModel): ModelBytes {
  checkQuantized(model);
  const rules = activationRules(model.graph);
  const layers = model.graph.nodes.map((node) => {
    const output = rules.get(node.name) === "own" ? model.activations[node.name] : undefined;
    const bytes = weightBytes(model, node) + (output ? paramBytes(output) : 0);
    return { name: node.name, kind: node.kind, floatBytes: float32Bytes(node), bytes };
  });
  const total = (key: "floatBytes" | "bytes"): number => layers.reduce((sum, layer) => sum + layer[key], 0);
  const [floatBytes, bytes] = [total("floatBytes"), total("bytes")];
  return { layers, floatBytes, bytes, ratio: floatBytes / bytes };
}

function float32Bytes({ weights }: LayerNode): number {
  return weights.reduce((sum, { data }) => sum + 4 * data.length, 0);
}

/** A bias takes 4 bytes, as int32 or as float32: its scales follow from others. */
function weightBytes({ weights }: QuantizedModel, node: LayerNode): number {
  const quantized = weights[node.name];
  if (!quantized) return float32Bytes(node);
  return storedBytes(quantized.kernel) + 4 * (node.weights[1]?.data.length ?? 0);
}

function paramBytes({ type, symmetric }: QuantParams): number {
  return 4 + (symmetric ? 0 : Math.ceil(parseCodeType(type).bits / 8));
}
