import { LabError } from "../errors.js";
import { type Layer, replaceNodes } from "../model/edit.js";
import { kernelOf } from "../model/kernel.js";
import type { LayerGraph, LayerNode } from "../model/layer-graph.js";
import type { Tensor } from "../tensor.js";
import { type Cost, channelRankCost, costAtRank, type RankCost, rankByBudget, tuckerCost } from "./cost.js";
import { convSizeOf, layerFor, type Movement, movementOf, rankCostOf } from "./layer.js";
import { decompose, type PairMethod, pairOfRank } from "./pairs.js";
import { rankByEnergy } from "./rank.js";
import { type TuckerRanks, tucker2 } from "./tucker.js";
import { tuckerRanksByBudget, tuckerRanksByEnergy } from "./tucker-ranks.js";

/** What a layer's factors may cost, the bias included, or how much of the kernel's energy they keep. */
export type RankCriterion = { readonly energy: number } | { readonly budget: Partial<Cost> };

/** How a layer is to be replaced: by which method, and with which rank. */
export type LowRankOptions =
  | ({ readonly method: PairMethod } & ({ readonly rank: number } | RankCriterion))
  | ({ readonly method: "tucker"; readonly iterations?: number } & (TuckerRanks | RankCriterion));

/** What comes into a layer's place, and what that changes. */
export interface LowRankPlan {
  readonly layer: string;
  readonly method: PairMethod | "tucker";
  /** One number; of Tucker-2 the channels before and after the core. */
  readonly ranks: readonly number[];
  /** ‖K - K'‖ / ‖K‖ of the kernel, in the Frobenius norm. */
  readonly error: number;
  readonly before: Cost;
  readonly after: Cost;
  /** The layers, each of which takes the output of the one before. */
  readonly layers: readonly Layer[];
}

/**
 * What it would give to replace a layer by factors of low rank:
 *
 * - "dense": a Dense by two (see `factorizeDense`);
 * - "channel" and "spatial": a Conv2D by two (see `channelDecomposition`, `spatialDecomposition`);
 * - "tucker": a Conv2D by three (see `tucker2`). With an energy, each of the two unfolded kernels keeps it.
 *   With a budget, of all pairs of ranks that fit the one is taken for which the energies lost by the two
 *   unfolded kernels are the least; their sum bounds the squared error.
 *
 * Strides, dilation and padding go where the kernel's height and width are; bias and activation stay at the end.
 *
 * @throws LabError for a layer that is not there or of another kind, no rank, energy or budget, a rank
 *   or an energy out of range, a budget that no rank meets, and a graph whose shapes aren't known.
 *
 * @example
 * ```ts
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingMlp(seeded("a")));
 * const { ranks, before, after } = planLowRank(graph, "dense1", { method: "dense", budget: { parameters: 20_000 } });
 * ranks; // [21]
 * before; // { parameters: 100480, macs: 100352 }
 * after; // { parameters: 19280, macs: 19152 }
 * ```
 */
export function planLowRank(graph: LayerGraph, name: string, options: LowRankOptions): LowRankPlan {
  checkOptions(name, options);
  const node = layerFor(graph, name, options.method);
  return options.method === "tucker" ? planTucker(graph, node, options) : planPair(graph, node, options);
}

/**
 * The graph with a layer replaced as `planLowRank` says.
 *
 * @throws LabError as `planLowRank` does, and where a name of the new layers is taken.
 *
 * @example
 * ```ts
 * import { countModel, toLayerGraph } from "edgelab/core/model";
 * import { teachingCnn } from "edgelab/core/zoo";
 * import { seeded } from "edgelab/core";
 * const graph = toLayerGraph(teachingCnn(seeded("a")));
 * const small = factorizeLayer(graph, "conv2", { method: "tucker", rankIn: 8, rankOut: 12 });
 * small.nodes.length - graph.nodes.length; // 2
 * countModel(graph).parameters - countModel(small).parameters; // 3232
 * ```
 */
export function factorizeLayer(graph: LayerGraph, name: string, options: LowRankOptions): LayerGraph {
  return replaceNodes(graph, name, planLowRank(graph, name, options).layers);
}

type PairOptions = Exclude<LowRankOptions, { method: "tucker" }>;
type TuckerPlanOptions = Extract<LowRankOptions, { method: "tucker" }>;

function planPair(graph: LayerGraph, node: LayerNode, options: PairOptions): LowRankPlan {
  const { method } = options;
  const kernel = kernelOf(graph, node.name);
  const decomposition = decompose(kernel, method);
  const cost = rankCostOf(graph, node, method);
  const rank = chooseRank(decomposition.singularValues, cost, options);
  const { first, second, error } = pairOfRank(decomposition, kernel.shape, method, rank);
  const after = costAtRank(cost, rank);
  const kernels = [first, second];
  const layers =
    method === "dense" ? denseLayers(node, kernels) : convLayers(node, kernels, pieces(node, method));
  return { layer: node.name, method, ranks: [rank], error, before: cost.original, after, layers };
}

function chooseRank(singularValues: Float64Array, cost: RankCost, options: PairOptions): number {
  if ("rank" in options) return options.rank;
  if ("energy" in options) return rankByEnergy(singularValues, options.energy);
  return rankByBudget(cost, options.budget);
}

function planTucker(graph: LayerGraph, node: LayerNode, options: TuckerPlanOptions): LowRankPlan {
  const kernel = kernelOf(graph, node.name);
  const size = convSizeOf(graph, node);
  const ranks =
    "energy" in options
      ? tuckerRanksByEnergy(kernel, options.energy)
      : "budget" in options
        ? tuckerRanksByBudget(kernel, size, options.budget)
        : options;
  const { first, core, last, error } = tucker2(kernel, { ...ranks, iterations: options.iterations ?? 0 });
  return {
    layer: node.name,
    method: "tucker",
    ranks: [ranks.rankIn, ranks.rankOut],
    error,
    before: channelRankCost(size).original,
    after: tuckerCost(size, ranks),
    layers: convLayers(node, [first, core, last], [still, movementOf(node), still]),
  };
}

/** A 1×1 convolution: it moves place by place, and pads nothing. */
const still: Movement = { strides: [1, 1], dilationRate: [1, 1], padding: "valid" };

/** "channel": the first convolution moves as the layer did. "spatial": one moves down, the other to the right. */
function pieces(node: LayerNode, method: PairMethod): Movement[] {
  const movement = movementOf(node);
  if (method === "channel") return [movement, still];
  const { strides, dilationRate, padding } = movement;
  return [
    { strides: [strides[0], 1], dilationRate: [dilationRate[0], 1], padding },
    { strides: [1, strides[1]], dilationRate: [1, dilationRate[1]], padding },
  ];
}

function convLayers(node: LayerNode, kernels: readonly Tensor[], movements: readonly Movement[]): Layer[] {
  return chain(node, kernels, (kernel, i) => ({
    ...movements[i],
    filters: kernel.shape[3],
    kernelSize: kernel.shape.slice(0, 2),
  }));
}

function denseLayers(node: LayerNode, kernels: readonly Tensor[]): Layer[] {
  return chain(node, kernels, (kernel) => ({ units: kernel.shape[1] }));
}

/** Layers of the node's kind, one a kernel. Only the last has the bias, the activation and what acts on it. */
function chain(
  { name, kind, config, weights }: LayerNode,
  kernels: readonly Tensor[],
  configOf: (kernel: Tensor, i: number) => Record<string, unknown>,
): Layer[] {
  const names = kernels.length === 2 ? ["in", "out"] : ["in", "core", "out"];
  const linear = { useBias: false, activation: "linear", activityRegularizer: null };
  return kernels.map((kernel, i) => {
    const isLast = i === kernels.length - 1;
    return {
      name: `${name}_${names[i]}`,
      kind,
      config: { ...config, ...(isLast ? {} : linear), ...configOf(kernel, i) },
      weights: isLast ? [kernel, ...weights.slice(1)] : [kernel],
    };
  });
}

function checkOptions(layer: string, options: LowRankOptions): void {
  checkMethod(options?.method);
  const ranks = options.method === "tucker" ? ["rankIn", "rankOut"] : ["rank"];
  if (ranks.every((rank) => rank in options) || "energy" in options || "budget" in options) return;
  throw new LabError(
    "NO_RANK",
    `nothing says which rank the factors of layer ${layer} are to have`,
    `Give ${ranks.join(" and ")}, energy or budget.`,
  );
}

function checkMethod(method: string | undefined): void {
  if (method === undefined || !["dense", "channel", "spatial", "tucker"].includes(method)) {
    throw new LabError(
      "BAD_METHOD",
      `there is no method ${JSON.stringify(method)}`,
      'Use "dense", "channel", "spatial" or "tucker".',
    );
  }
}
