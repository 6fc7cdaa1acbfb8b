import { LabError } from "../errors.js";
import { checkChannelsLast, readPadding, readPair } from "../model/config.js";
import { findLayer } from "../model/edit.js";
import { kernelOf } from "../model/kernel.js";
import type { LayerGraph, LayerNode } from "../model/layer-graph.js";
import { outputShapes } from "../model/shapes.js";
import { type ConvSize, channelRankCost, denseRankCost, type RankCost, spatialRankCost } from "./cost.js";
import type { PairMethod } from "./pairs.js";

/** The layer that is to be replaced; throws a LabError unless it is of the kind that the method takes. */
export function layerFor(graph: LayerGraph, name: string, method: PairMethod | "tucker"): LayerNode {
  const node = findLayer(graph, name);
  const kind = method === "dense" ? "Dense" : "Conv2D";
  if (node.kind !== kind) {
    throw new LabError(
      "BAD_LAYER",
      `layer ${name} is a ${node.kind}, and the method "${method}" takes a ${kind}`,
      'Use "dense" for a Dense, and "channel", "spatial" or "tucker" for a Conv2D.',
    );
  }
  return node;
}

/** What the layer costs whole and as a product of two. */
export function rankCostOf(graph: LayerGraph, node: LayerNode, method: PairMethod): RankCost {
  if (method === "channel") return channelRankCost(convSizeOf(graph, node));
  if (method === "spatial") return spatialRankCost(convSizeOf(graph, node));
  const [inputs = 0, outputs = 0] = kernelOf(graph, node.name).shape;
  const positions = outputShapes(graph).get(node.name)!.slice(0, -1);
  return denseRankCost({
    inputs,
    outputs,
    useBias: node.weights.length > 1,
    positions: positions.reduce((a, b) => a * b, 1),
  });
}

export function convSizeOf(graph: LayerGraph, node: LayerNode): ConvSize {
  checkChannelsLast(node);
  const shapes = outputShapes(graph);
  const [kernelHeight = 0, kernelWidth = 0, inputs = 0, outputs = 0] = kernelOf(graph, node.name).shape;
  return {
    kernel: [kernelHeight, kernelWidth],
    inputs,
    outputs,
    useBias: node.weights.length > 1,
    inputSize: imageSize(shapes.get(node.inputs[0]!)!),
    outputSize: imageSize(shapes.get(node.name)!),
  };
}

function imageSize([height = 0, width = 0]: readonly number[]): [number, number] {
  return [height, width];
}

/** How a convolution moves. */
export interface Movement {
  readonly strides: readonly [number, number];
  readonly dilationRate: readonly [number, number];
  readonly padding: "same" | "valid";
}

export function movementOf(node: LayerNode): Movement {
  return {
    strides: readPair(node, "strides", 1),
    dilationRate: readPair(node, "dilationRate", 1),
    padding: readPadding(node),
  };
}
