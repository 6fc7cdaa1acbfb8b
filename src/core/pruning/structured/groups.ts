import type { LayerGraph } from "../../model/layer-graph.js";
import { channelFlow } from "./flow.js";

/** The channels, of one layer or of several, that can only be removed together. */
export type ChannelUnit = readonly { readonly layer: string; readonly channel: number }[];

/** Layers whose channels are tied, and what can be removed from them. */
export interface ChannelGroup {
  /** Convolutions and dense layers, in the order of the graph. */
  readonly layers: readonly string[];
  readonly units: readonly ChannelUnit[];
}

/**
 * Which channels can be removed, and which only together: those that a residual connection adds up belong to all
 * layers before it. What can't be removed (the model's outputs, what is added to its inputs, what goes
 * through a layer that can't follow) is in no group.
 *
 * @throws LabError for layers whose output shape isn't known (see `outputShapes`).
 * @see Fang et al., "DepGraph: towards any structural pruning" (2023), section 3
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const groups = channelGroups(toLayerGraph(teachingCnn(seeded("a"))));
 * groups.map(({ units }) => units.length); // [16, 32, 64]
 * ```
 */
export function channelGroups(graph: LayerGraph): ChannelGroup[] {
  const { outputs, fixed } = channelFlow(graph);
  const units = new Map<number, ChannelUnit>();
  for (const { name, kind } of graph.nodes) {
    if (!makesChannels(kind)) continue;
    outputs.get(name)!.forEach((label, channel) => {
      if (!fixed.has(label)) units.set(label, [...(units.get(label) ?? []), { layer: name, channel }]);
    });
  }
  return joined([...units.values()]);
}

/** Kinds of layers whose outputs are channels of their own. */
export function makesChannels(kind: string): boolean {
  return kind === "Conv2D" || kind === "Dense";
}

/** Units that have a layer in common are of one group. */
function joined(units: readonly ChannelUnit[]): ChannelGroup[] {
  const groups: { layers: Set<string>; units: ChannelUnit[] }[] = [];
  for (const unit of units) {
    const touched = groups.filter(({ layers }) => unit.some(({ layer }) => layers.has(layer)));
    const home = touched[0] ?? { layers: new Set<string>(), units: [] };
    if (touched.length === 0) groups.push(home);
    for (const other of touched.slice(1)) {
      for (const layer of other.layers) home.layers.add(layer);
      home.units.push(...other.units);
      groups.splice(groups.indexOf(other), 1);
    }
    for (const { layer } of unit) home.layers.add(layer);
    home.units.push(unit);
  }
  return groups.map(({ layers, units }) => ({ layers: [...layers], units }));
}
