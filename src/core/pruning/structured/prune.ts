import { LabError } from "../../errors.js";
import { findLayer } from "../../model/edit.js";
import type { LayerGraph, LayerNode } from "../../model/layer-graph.js";
import { checkSparsities, removedCount, type Sparsities } from "../amount.js";
import { ascending, channelNorms } from "../channel.js";
import { type ChannelGroup, type ChannelUnit, channelGroups } from "./groups.js";
import { removeUnits } from "./remove.js";

export interface PruneChannelsOptions {
  /**
   * Which part of the channels goes, in [0, 1): of every group that can shrink, or by the name of one of the group's
   * layers (the other groups stay whole).
   */
  readonly sparsity: Sparsities;
  /** How important each channel of a layer is. Left out: the L1 norm of its kernel. */
  readonly score?: (layer: LayerNode) => ArrayLike<number>;
}

/**
 * The model without its least important channels, in one step. Of n channels that can go, round(sparsity·n) do, as
 * long as each layer keeps one; of equal ones those go first that stand first. Channels of several layers that are
 * tied count as one: their scores are added up.
 *
 * @throws LabError for a sparsity outside [0, 1), the name of a layer without channels that can go, two
 * sparsities for one group, and scores that are NaN or don't fit the layer.
 * @see Li et al., "Pruning filters for efficient convnets" (2017), section 3
 *
 * @example
 * ```ts
 * import { countModel, toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingCnn(seeded("a")));
 * countModel(pruneChannels(graph, { sparsity: 0.5 })).parameters; // 26698
 * ```
 */
export function pruneChannels(graph: LayerGraph, options: PruneChannelsOptions): LayerGraph {
  const { sparsity, score = l1 } = options ?? {};
  checkSparsities(sparsity, "sparsity", "channels");
  const groups = channelGroups(graph);
  const sparsities = groups.map((group) => sparsityOfGroup(group, sparsity));
  checkNames(groups, sparsity);
  const removed = groups.flatMap((group, i) => {
    const part = sparsities[i]!;
    return part === 0 ? [] : weakestUnits(graph, group, part, score);
  });
  return removeUnits(graph, removed);
}

function l1({ weights }: LayerNode): Float64Array {
  return channelNorms(weights[0]!, { axis: -1, norm: 1 });
}

function sparsityOfGroup({ layers }: ChannelGroup, sparsity: Sparsities): number {
  const named = typeof sparsity === "number" ? [sparsity] : layers.flatMap((layer) => sparsity[layer] ?? []);
  const [first = 0, ...others] = named;
  if (others.some((other) => other !== first)) {
    throw new LabError(
      "BAD_SPARSITY",
      `layers ${layers.join(", ")} shrink together, but have the sparsities ${named.join(", ")}`,
      "Give one sparsity a group: channelGroups lists them.",
    );
  }
  return first;
}

function checkNames(groups: readonly ChannelGroup[], sparsity: Sparsities): void {
  if (typeof sparsity === "number") return;
  const known = groups.flatMap(({ layers }) => layers);
  const unknown = Object.keys(sparsity).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new LabError(
      "NOT_PRUNABLE",
      `layer ${unknown} has no channels that can be removed`,
      `Name some of ${known.join(", ") || "none: no layer has"}.`,
    );
  }
}

/** One channel of each unit that goes: the unit's others go with it. */
function weakestUnits(
  graph: LayerGraph,
  { layers, units }: ChannelGroup,
  sparsity: number,
  score: (layer: LayerNode) => ArrayLike<number>,
): ChannelUnit[number][] {
  const scores = new Map(layers.map((name) => [name, checkedScores(findLayer(graph, name), score)]));
  const sums = units.map((unit) =>
    unit.reduce((sum, { layer, channel }) => sum + scores.get(layer)![channel]!, 0),
  );
  const ranking = ascending(sums).map((place) => units[place]!);
  const left = new Map([...scores].map(([layer, { length }]) => [layer, length]));
  return takenUnits(ranking, removedCount(units.length, sparsity), left).map((unit) => unit[0]!);
}

/** The first `count` units of the ranking, without those that would leave a layer no channel. */
function takenUnits(
  ranking: readonly ChannelUnit[],
  count: number,
  left: Map<string, number>,
): ChannelUnit[] {
  const taken: ChannelUnit[] = [];
  for (const unit of ranking) {
    if (taken.length === count) break;
    const channels = new Map<string, number>();
    for (const { layer } of unit) channels.set(layer, (channels.get(layer) ?? 0) + 1);
    if ([...channels].some(([layer, n]) => left.get(layer)! <= n)) continue;
    for (const [layer, n] of channels) left.set(layer, left.get(layer)! - n);
    taken.push(unit);
  }
  return taken;
}

function checkedScores(layer: LayerNode, score: (layer: LayerNode) => ArrayLike<number>): ArrayLike<number> {
  const scores = score(layer);
  const channels = layer.weights[0]?.shape.at(-1);
  if (scores.length !== channels) {
    throw new LabError(
      "BAD_LENGTH",
      `layer ${layer.name} has ${channels} channels, but ${scores.length} scores`,
      "Give one score a channel.",
    );
  }
  return scores;
}
