import { wrongKind } from "../arguments.js";
import type { LayerGraph } from "./layer-graph.js";

/** Throws a LabError for what is no graph, such as a tfjs model. */
export function checkGraph(graph: LayerGraph): void {
  if (Array.isArray(graph?.nodes) && Array.isArray(graph.outputs)) return;
  throw wrongKind("the graph", graph, "Take the model apart with toLayerGraph.");
}
