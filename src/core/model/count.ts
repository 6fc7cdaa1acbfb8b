import { sizeOf } from "../tensor.js";
import { hasKernel } from "./kernel.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";
import { outputShapes, type Shape } from "./shapes.js";

export interface LayerCount {
  readonly name: string;
  readonly kind: string;
  /** All numbers that are stored, also the moving mean and variance of a batch normalization. */
  readonly parameters: number;
  /** Multiplications with an addition, for one example. */
  readonly macs: number;
  /** Without the batch. */
  readonly outputShape: readonly number[];
}

export interface ModelCount {
  readonly layers: readonly LayerCount[];
  readonly parameters: number;
  readonly macs: number;
}

/**
 * What a model stores and what it computes for one example. As in the papers, only convolutions and dense
 * layers count as MACs, without their biases.
 *
 * @throws LabError for layers whose output shape isn't known (see `outputShapes`).
 * @see Howard et al., "MobileNets" (2017), section 3.1
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const { parameters, macs } = countModel(toLayerGraph(teachingCnn(seeded("a"))));
 * [parameters, macs]; // [105866, 1117056]
 * ```
 */
export function countModel(graph: LayerGraph): ModelCount {
  const shapes = outputShapes(graph);
  const layers = graph.nodes.map((node): LayerCount => {
    const outputShape = shapes.get(node.name)!;
    const parameters = sum(node.weights.map(({ shape }) => sizeOf(shape)));
    return { name: node.name, kind: node.kind, parameters, macs: macsOf(node, outputShape), outputShape };
  });
  return {
    layers,
    parameters: sum(layers.map(({ parameters }) => parameters)),
    macs: sum(layers.map(({ macs }) => macs)),
  };
}

/**
 * Every number of a kernel is multiplied once for each place of the output that it moves over:
 * h·w·kh·kw·in·out (convolution), h·w·kh·kw·in·multiplier (depthwise), in·out (dense)
 */
function macsOf(node: LayerNode, outputShape: Shape): number {
  if (!hasKernel(node)) return 0;
  return sizeOf(node.weights[0]?.shape ?? [0]) * sizeOf(outputShape.slice(0, -1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
