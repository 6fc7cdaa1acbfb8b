import { describeKind, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor } from "../tensor.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

/**
 * Throws a LabError for what is no graph, such as a tfjs model, and for one whose parts do not fit each other: names
 * that stand twice, inputs that do not come before their use, outputs that are not there, weights of another size.
 */
export function checkGraph(graph: LayerGraph): void {
  if (!Array.isArray(graph?.nodes) || !Array.isArray(graph.outputs)) {
    throw wrongKind("the graph", graph, "Take the model apart with toLayerGraph.");
  }
  const before = new Set<string>();
  for (const node of graph.nodes) {
    checkName(node, before);
    checkInputs(node, before);
    checkWeights(node);
    before.add(node.name);
  }
  for (const output of graph.outputs) {
    if (!before.has(output)) {
      throw unfit(
        `there is no layer ${output}, which is an output`,
        "Name layers of the graph as its outputs.",
      );
    }
  }
}

/** Names are keys of records: one that every object has, such as "constructor", would be found where there is none. */
function checkName({ name }: LayerNode, before: ReadonlySet<string>): void {
  if (typeof name !== "string" || name in {}) {
    const shown = typeof name === "string" ? name : describeKind(name);
    throw unfit(`a layer can't have the name ${shown}`, "Give it a name of its own, such as conv1.");
  }
  if (before.has(name)) throw unfit(`two layers have the name ${name}`, "Give each layer a name of its own.");
}

function checkInputs({ name, kind, inputs }: LayerNode, before: ReadonlySet<string>): void {
  if (kind !== "InputLayer" && inputs.length === 0) {
    throw unfit(`layer ${name} has no input`, "Name the layers whose outputs come in.");
  }
  const missing = inputs.find((input) => !before.has(input));
  if (missing !== undefined) {
    throw unfit(`there is no layer ${missing} before its use in ${name}`, "Order layers by their inputs.");
  }
}

/** tfjs sets memory aside by the config, before anything is compared with the weights. */
function checkWeights({ name, kind, config, weights }: LayerNode): void {
  for (const weight of weights) checkTensor(weight, `a weight of layer ${name}`);
  const outputs = kind === "Dense" ? config.units : kind === "Conv2D" ? config.filters : undefined;
  const kernel = weights[0]?.shape;
  if (outputs === undefined || !kernel || kernel.at(-1) === outputs) return;
  throw new LabError(
    "BAD_SHAPE",
    `layer ${name} is to have ${outputs} outputs, but its kernel is [${kernel.join(", ")}]`,
    "Change config and weights together.",
  );
}

function unfit(problem: string, nextStep: string): LabError {
  return new LabError("BAD_GRAPH", problem, nextStep);
}
