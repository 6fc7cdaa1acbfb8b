import { checkInteger, checkSparsity } from "../../arguments.js";
import type { LayerGraph } from "../../model/index.js";
import type { FitResult } from "../../training/index.js";
import {
  applyMasks,
  type MagnitudeMasksOptions,
  type Masks,
  magnitudeMasks,
  maskedSparsity,
} from "../graph-masks.js";
import { type RoundOptions, type Trained, trainGraph } from "./train-graph.js";

export interface LotteryTicketOptions extends RoundOptions {
  readonly rounds: number;
  /** Which part of what is left goes in each round, in [0, 1); by the layer's name, other layers stay whole. */
  readonly fraction: number | Readonly<Record<string, number>>;
  /** layer: from each layer. global: from all together. Left out: layer. */
  readonly scope?: "layer" | "global";
  /** Taken back are the weights after so many epochs, which come before all others. Left out: 0, the initial weights. */
  readonly rewindEpochs?: number;
  /** The same layers with other initial weights, which are trained with the same masks: is it the ticket or the mask? */
  readonly control?: LayerGraph;
  readonly onRound?: (round: LotteryRound) => void;
}

export interface LotteryRound {
  /** 0: nothing is pruned yet. */
  readonly round: number;
  /** The part of all kernels' weights that is left. */
  readonly remaining: number;
  /** On the test data, after training, from 0 to 1. */
  readonly accuracy: number;
  /** Of the control, if there is one. */
  readonly controlAccuracy?: number;
  readonly fit: FitResult;
}

export interface LotteryTicket {
  /** The weights that were taken back, with the last masks on them: not yet trained. */
  readonly ticket: LayerGraph;
  readonly masks: Masks;
  readonly rounds: readonly LotteryRound[];
  readonly stopped: "finished" | "aborted";
}

/**
 * Looks for a small network within a large one, that learns as well from the weights it began with: train, remove
 * the smallest weights, take the weights from the beginning back, and again.
 *
 * @throws LabError for a fraction outside [0, 1), a layer without a kernel, a control that the masks don't fit, and
 * where `fit` throws one.
 * @see Frankle and Carbin, "The lottery ticket hypothesis" (2019), section 1 and strategy 1 of appendix B
 * @see Frankle et al., "Linear mode connectivity and the lottery ticket hypothesis" (2020), algorithm 2, on rewinding
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { toLayerGraph } from "edgelab/core/model";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const data = { inputs: uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1), labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * const { rounds } = await lotteryTicket(toLayerGraph(teachingMlp(seeded("a"))), {
 *   train: data,
 *   test: data,
 *   fit: { epochs: 1, rng: seeded("order") },
 *   rounds: 2,
 *   fraction: 0.5,
 * });
 * rounds.map(({ remaining }) => remaining); // [1, 0.5, 0.25]
 * ```
 */
export async function lotteryTicket(
  graph: LayerGraph,
  options: LotteryTicketOptions,
): Promise<LotteryTicket> {
  const { rounds, fraction, scope = "layer", onRound } = options;
  checkInteger(rounds, "rounds", 1);
  const finished: LotteryRound[] = [];
  let masks: Masks = magnitudeMasks(graph, { sparsity: sparsityAfter(0, fraction), scope });
  const start = await weightsToRewindTo(graph, options);
  let trained: Trained | undefined;
  for (let round = 0; start && round <= rounds; round++) {
    const sparsity = sparsityAfter(round, fraction);
    const next = trained ? magnitudeMasks(trained.graph, { sparsity, scope, previous: masks }) : masks;
    trained = await trainGraph(start, next, options, { round, rounds });
    const control =
      trained && options.control && (await trainGraph(options.control, next, options, { round, rounds }));
    if (!trained || (options.control && !control)) break;
    masks = next;
    const report: LotteryRound = {
      round,
      remaining: 1 - maskedSparsity(graph, masks),
      accuracy: trained.accuracy,
      ...(control && { controlAccuracy: control.accuracy }),
      fit: trained.fit,
    };
    finished.push(report);
    onRound?.(report);
  }
  const stopped = finished.length === rounds + 1 ? "finished" : "aborted";
  return { ticket: applyMasks(start ?? graph, masks), masks, rounds: finished, stopped };
}

/** 1 - (1 - f)^r: in each round goes part f of what is left. */
function sparsityAfter(
  round: number,
  fraction: LotteryTicketOptions["fraction"],
): MagnitudeMasksOptions["sparsity"] {
  const after = (part: number): number => {
    checkSparsity(part);
    return 1 - (1 - part) ** round;
  };
  if (typeof fraction === "number") return after(fraction);
  return Object.fromEntries(Object.entries(fraction).map(([name, part]) => [name, after(part)]));
}

/** None if the training was aborted. */
async function weightsToRewindTo(
  graph: LayerGraph,
  options: LotteryTicketOptions,
): Promise<LayerGraph | undefined> {
  const { rewindEpochs = 0, rounds } = options;
  checkInteger(rewindEpochs, "rewindEpochs", 0);
  if (rewindEpochs === 0) return graph;
  const first = { ...options, fit: { ...options.fit, epochs: rewindEpochs } };
  return (await trainGraph(graph, new Map(), first, { round: 0, rounds }))?.graph;
}
