import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { findLayer } from "../../model/edit.js";
import type { LayerGraph, LayerNode } from "../../model/layer-graph.js";
import type { Tensor } from "../../tensor.js";
import { type ChannelFlow, channelFlow } from "./flow.js";
import { makesChannels } from "./groups.js";

/**
 * The model without some channels of a layer, smaller than before: whatever depends on them shrinks with it. That
 * is the next convolution, depthwise convolution or dense layer (through pools, activations, dropout,
 * flattening and concatenation), a batch normalization, and all layers that a residual connection ties to
 * this one (see `channelGroups`). Where the next layers took 0 from the channels, the model's outputs stay as they
 * are; only a softmax over channels would notice.
 *
 * @throws LabError for a layer that is no convolution or dense layer, a channel that it doesn't have, channels
 * that can't be removed, and if a layer would be left with none.
 *
 * @example
 * ```ts
 * import { countModel, toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingCnn(seeded("a")));
 * countModel(removeChannels(graph, "conv1", [0, 5])).parameters; // 105270
 * ```
 */
export function removeChannels(graph: LayerGraph, layer: string, channels: readonly number[]): LayerGraph {
  const { kind } = findLayer(graph, layer);
  if (!makesChannels(kind)) {
    throw new LabError(
      "NOT_PRUNABLE",
      `layer ${layer} (${kind}) has no channels of its own`,
      "Name a Conv2D or Dense layer: others follow the layer before.",
    );
  }
  return removeUnits(
    graph,
    channels.map((channel) => ({ layer, channel })),
  );
}

/** Removes channels of several layers at once. */
export function removeUnits(
  graph: LayerGraph,
  channels: readonly { readonly layer: string; readonly channel: number }[],
): LayerGraph {
  const flow = channelFlow(graph);
  const gone = new Set<number>();
  for (const { layer, channel } of channels) {
    const labels = flow.outputs.get(layer)!;
    checkInteger(channel, `a channel of layer ${layer}`, 0, labels.length - 1);
    const label = labels[channel]!;
    checkFree(flow, label, `channel ${channel} of layer ${layer}`);
    gone.add(label);
  }
  return { ...graph, nodes: graph.nodes.map((node) => shrink(node, flow, gone)) };
}

function checkFree({ fixed }: ChannelFlow, label: number, what: string): void {
  const why = fixed.get(label);
  if (why !== undefined) {
    throw new LabError("NOT_PRUNABLE", `${what} can't be removed: ${why}`, "Choose another layer.");
  }
}

/** Which places of an axis stay. */
interface Kept {
  readonly places: readonly number[];
  readonly of: number;
}

function shrink(node: LayerNode, { outputs }: ChannelFlow, gone: ReadonlySet<number>): LayerNode {
  const output = keptOf(outputs.get(node.name)!, gone);
  const input = keptOf(outputs.get(node.inputs[0] ?? "") ?? [], gone);
  if (output.places.length === 0) {
    throw new LabError(
      "NOTHING_LEFT",
      `layer ${node.name} would be left without a channel`,
      "Keep at least one of each layer's.",
    );
  }
  if (output.places.length === output.of && input.places.length === input.of) return node;
  const weights = node.weights.map((x, i) => takeAll(node, x, axesOf(node.kind, i, input, output)));
  return { ...node, weights, config: { ...node.config, ...resized(node, output.places.length) } };
}

function keptOf(labels: readonly number[], gone: ReadonlySet<number>): Kept {
  const places = [...labels.keys()].filter((place) => !gone.has(labels[place]!));
  return { places, of: labels.length };
}

/** Along which axes the layer's weight number i follows its input and its output. */
function axesOf(kind: string, i: number, input: Kept, output: Kept): readonly (readonly [number, Kept])[] {
  const isKernel = i === 0;
  if (kind === "Conv2D" && isKernel)
    return [
      [2, input],
      [3, output],
    ];
  if (kind === "DepthwiseConv2D" && isKernel) return [[2, input]];
  if (kind === "Dense" && isKernel)
    return [
      [0, input],
      [1, output],
    ];
  return [[0, output]];
}

/** What the config says about the number of channels. */
function resized({ kind, config }: LayerNode, channels: number): Readonly<Record<string, unknown>> {
  if (kind === "Conv2D") return { filters: channels };
  if (kind === "Dense") return { units: channels };
  if (kind !== "Reshape") return {};
  const target = config.targetShape as readonly (number | null)[];
  const last = target.at(-1);
  return { targetShape: [...target.slice(0, -1), last === null || last === -1 ? last : channels] };
}

function takeAll(node: LayerNode, x: Tensor, axes: readonly (readonly [number, Kept])[]): Tensor {
  return axes.reduce((taken, [axis, { places, of }]) => {
    if (taken.shape[axis] !== of) {
      throw new LabError(
        "BAD_SHAPE",
        `weights [${x.shape.join(", ")}] of layer ${node.name} don't fit ${of} channels along axis ${axis}`,
        "Change config and weights together.",
      );
    }
    return take(taken, axis, places);
  }, x);
}

/** The given places along an axis, in that order. */
function take({ shape, data }: Tensor, axis: number, places: readonly number[]): Tensor {
  const length = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = data.length / (length * inner);
  const taken = new Float32Array(outer * places.length * inner);
  for (let block = 0; block < outer; block++) {
    places.forEach((place, i) => {
      const from = (block * length + place) * inner;
      taken.set(data.subarray(from, from + inner), (block * places.length + i) * inner);
    });
  }
  return { shape: shape.map((n, i) => (i === axis ? places.length : n)), data: taken };
}
