import { consumersOf, findLayer, type LayerGraph, type LayerNode } from "../../model/index.js";

/**
 * What becomes of a layer's output:
 * - `own`: it is quantized, with parameters of its own;
 * - `same`: its elements are some of its input's, or 0, so they have codes already;
 * - `rounded`: means of its input's, rounded to codes of the same parameters (as TensorFlow Lite's pools);
 * - `float`: a ReLU comes next, and only what that leaves is quantized.
 */
export type ActivationRule = "own" | "same" | "rounded" | "float";

const selecting = ["MaxPooling2D", "GlobalMaxPooling2D", "Flatten", "Reshape", "Dropout", "ZeroPadding2D"];
const averaging = ["AveragePooling2D", "GlobalAveragePooling2D"];

/** The rule of each layer, by its name. */
export function activationRules(graph: LayerGraph): ReadonlyMap<string, ActivationRule> {
  return new Map(graph.nodes.map((node) => [node.name, ruleOf(graph, node)]));
}

function ruleOf(graph: LayerGraph, node: LayerNode): ActivationRule {
  if (selecting.includes(node.kind)) return "same";
  if (averaging.includes(node.kind)) return "rounded";
  if (isRelu(node) && node.inputs[0] !== undefined) {
    return ruleOf(graph, findLayer(graph, node.inputs[0])) === "float" ? "own" : "same";
  }
  const [next, ...others] = consumersOf(graph, node.name);
  const isSeen = graph.outputs.includes(node.name) || others.length > 0;
  return node.kind === "Add" && next && isRelu(next) && !isSeen ? "float" : "own";
}

export function isRelu({ kind, config }: LayerNode): boolean {
  return (
    (kind === "ReLU" && (config.maxValue === undefined || config.maxValue === null)) ||
    (kind === "Activation" && config.activation === "relu")
  );
}

/** The layer whose parameters a layer's output has: itself, or the one that `same` and `rounded` lead back to. */
export function sourceOf(graph: LayerGraph, name: string): string {
  const node = findLayer(graph, name);
  const rule = ruleOf(graph, node);
  const [input] = node.inputs;
  return (rule === "same" || rule === "rounded") && input !== undefined ? sourceOf(graph, input) : name;
}
