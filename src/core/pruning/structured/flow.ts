import { LabError } from "../../errors.js";
import { readAxis } from "../../model/config.js";
import type { LayerGraph, LayerNode } from "../../model/layer-graph.js";
import { outputShapes, type Shape } from "../../model/shapes.js";

/**
 * Which channels go together. Every output is seen along its last axis, and each place there has a label. Where a
 * label stands twice, in one layer or in several, the places can only be removed together: a depthwise convolution
 * hands its input's labels on, a sum makes those of its inputs one, and flattening repeats them.
 */
export interface ChannelFlow {
  /** The labels of each layer's output, by the layer's name. */
  readonly outputs: ReadonlyMap<string, readonly number[]>;
  /** Why a label has to stay. */
  readonly fixed: ReadonlyMap<number, string>;
}

interface Labels {
  readonly fresh: (count: number) => number[];
  /** Makes the labels one that stand in the same place. */
  readonly tie: (a: readonly number[], b: readonly number[]) => void;
  readonly fix: (labels: readonly number[], why: string) => void;
  readonly find: (label: number) => number;
  readonly reasons: () => ReadonlyMap<number, string>;
}

/** Each channel of each layer gets a label. */
const MOST_CHANNELS = 2 ** 22;

/**
 * Follows the channels from the inputs to the outputs.
 *
 * @throws LabError for shapes that aren't known, more than 2^22 channels of a layer, and a kernel that has other
 * channels than its layer's config says.
 */
export function channelFlow(graph: LayerGraph): ChannelFlow {
  const shapes = outputShapes(graph);
  const labels = disjointLabels();
  const outputs = new Map<string, readonly number[]>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => outputs.get(name)!);
    const inputShape = shapes.get(node.inputs[0] ?? "") ?? [];
    const outputShape = shapes.get(node.name)!;
    checkChannels(node, outputShape.at(-1) ?? 1);
    outputs.set(node.name, follow(node, inputs, { inputShape, outputShape }, labels));
  }
  for (const name of graph.outputs)
    labels.fix(outputs.get(name) ?? [], `layer ${name} is an output of the model`);
  return {
    outputs: new Map([...outputs].map(([name, output]) => [name, output.map(labels.find)])),
    fixed: labels.reasons(),
  };
}

interface Shapes {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** The labels of a layer's output. Kinds that aren't named here change no channel: `outputShapes` refuses unknown ones. */
function follow(
  node: LayerNode,
  inputs: readonly (readonly number[])[],
  shapes: Shapes,
  labels: Labels,
): readonly number[] {
  const input = inputs[0] ?? [];
  const last = shapes.outputShape.at(-1) ?? 1;
  switch (node.kind) {
    case "InputLayer": {
      const made = labels.fresh(last);
      labels.fix(made, `layer ${node.name} is an input of the model`);
      return made;
    }
    case "Conv2D":
    case "Dense":
      return labels.fresh(last);
    case "DepthwiseConv2D":
      // Output c·m + j is made of input c.
      return Array.from({ length: last }, (_, i) => input[Math.floor(i / (last / input.length))]!);
    case "Flatten":
      return repeat(input, last);
    case "Reshape":
      return reshaped(node, input, shapes, labels);
    case "BatchNormalization":
      if (!isLast(readAxis(node), shapes.outputShape)) labels.fix(input, cannotFollow(node));
      return input;
    case "Add":
    case "Subtract":
    case "Multiply":
    case "Average":
    case "Maximum":
    case "Minimum":
      return tied(inputs, labels);
    case "Concatenate":
      return isLast(readAxis(node), shapes.outputShape) ? inputs.flat() : tied(inputs, labels);
    default:
      return input;
  }
}

function checkChannels({ name }: LayerNode, channels: number): void {
  if (channels > MOST_CHANNELS) {
    throw new LabError(
      "TOO_LARGE",
      `layer ${name} gives ${channels} channels`,
      `${MOST_CHANNELS} are the most that are followed.`,
    );
  }
}

/** tfjs counts axes with the batch. */
function isLast(axis: number, shape: Shape): boolean {
  return axis === -1 || axis === shape.length;
}

function tied(inputs: readonly (readonly number[])[], labels: Labels): readonly number[] {
  const [first = [], ...others] = inputs;
  for (const other of others) labels.tie(first, other);
  return first;
}

/** Row by row the labels come again. They stay in line if the rows keep their length, or all become one. */
function reshaped(
  node: LayerNode,
  input: readonly number[],
  { inputShape, outputShape }: Shapes,
  labels: Labels,
): readonly number[] {
  const last = outputShape.at(-1) ?? 1;
  if (outputShape.length === 1) return repeat(input, last);
  if (last === inputShape.at(-1)) return input;
  labels.fix(input, cannotFollow(node));
  const made = labels.fresh(last);
  labels.fix(made, cannotFollow(node));
  return made;
}

function cannotFollow({ name, kind }: LayerNode): string {
  return `layer ${name} (${kind}) can't follow`;
}

function repeat(labels: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => labels[i % labels.length]!);
}

/** Disjoint sets: each label points to another of its set, or to itself if it stands for the set. */
function disjointLabels(): Labels {
  const parents: number[] = [];
  const reasons = new Map<number, string>();
  const find = (label: number): number => {
    let root = label;
    while (parents[root] !== root) root = parents[root]!;
    parents[label] = root;
    return root;
  };
  return {
    find,
    fresh: (count) => Array.from({ length: count }, () => parents.push(parents.length) - 1),
    tie: (a, b) => {
      a.forEach((label, i) => {
        parents[find(b[i]!)] = find(label);
      });
    },
    fix: (labels, why) => {
      for (const label of labels) reasons.set(label, why);
    },
    reasons: () => new Map([...reasons].map(([label, why]) => [find(label), why])),
  };
}
