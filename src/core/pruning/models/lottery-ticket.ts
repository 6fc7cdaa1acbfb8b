import { checkInteger } from "../../arguments.js";
import type { Dataset } from "../../data/index.js";
import type { LayerGraph } from "../../model/index.js";
import type { FitResult } from "../../training/index.js";
import { checkSparsities, type Sparsities } from "../amount.js";
import { applyMasks, type Masks, magnitudeMasks, maskedSparsity } from "../graph-masks.js";
import {
  type RoundOf,
  type RoundOptions,
  type RoundsStopped,
  stoppedBy,
  type Trained,
  trainGraph,
} from "./train-graph.js";

export interface LotteryTicketOptions extends RoundOptions {
  readonly rounds: number;
  /** Which part of what is left goes in each round, in [0, 1); by the layer's name, other layers stay whole. */
  readonly fraction: Sparsities;
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
  /** Of the control, if there is one and the training of the ticket was not stopped. */
  readonly controlAccuracy?: number;
  readonly fit: FitResult;
}

export interface LotteryTicket {
  /** The weights that were taken back, with the last masks on them: not yet trained. */
  readonly ticket: LayerGraph;
  readonly masks: Masks;
  readonly rounds: readonly LotteryRound[];
  readonly stopped: RoundsStopped;
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
 * const { rounds } = await lotteryTicket(toLayerGraph(teachingMlp(seeded("a"))), data, {
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
  data: Dataset,
  options: LotteryTicketOptions,
): Promise<LotteryTicket> {
  const { rounds, fraction, scope = "layer", onRound } = options ?? {};
  checkInteger(rounds, "rounds", 1);
  checkSparsities(fraction, "fraction");
  const finished: LotteryRound[] = [];
  let masks: Masks = magnitudeMasks(graph, { sparsity: sparsityAfter(0, fraction), scope });
  const start = await rewindPoint(graph, data, options);
  let { stopped } = start;
  let trained: Trained | undefined;
  for (let round = 0; stopped === "finished" && round <= rounds; round++) {
    const sparsity = sparsityAfter(round, fraction);
    const next = trained ? magnitudeMasks(trained.graph, { sparsity, scope, previous: masks }) : masks;
    const made = await trainBoth(start.graph, next, options, { data, round, rounds });
    stopped = made.stopped;
    trained = made.trained;
    if (!trained) break;
    masks = next;
    const report: LotteryRound = {
      round,
      remaining: 1 - maskedSparsity(graph, masks),
      accuracy: trained.accuracy,
      ...(made.control && { controlAccuracy: made.control.accuracy }),
      fit: trained.fit,
    };
    finished.push(report);
    onRound?.(report);
  }
  return { ticket: applyMasks(start.graph, masks), masks, rounds: finished, stopped };
}

/** 1 - (1 - f)^r: in each round goes part f of what is left. */
function sparsityAfter(round: number, fraction: Sparsities): Sparsities {
  const after = (part: number): number => 1 - (1 - part) ** round;
  if (typeof fraction === "number") return after(fraction);
  return Object.fromEntries(Object.entries(fraction).map(([name, part]) => [name, after(part)]));
}

interface Round {
  readonly stopped: RoundsStopped;
  /** None if the ticket's training or the control's was aborted. */
  readonly trained?: Trained;
  readonly control?: Trained;
}

/** Trains the ticket, and then the control if there is one. */
async function trainBoth(
  start: LayerGraph,
  masks: Masks,
  options: LotteryTicketOptions,
  round: RoundOf,
): Promise<Round> {
  const trained = await trainGraph(start, masks, options, round);
  const stopped = stoppedBy(trained);
  if (!trained || stopped !== "finished" || !options.control) return { stopped, ...(trained && { trained }) };
  const control = await trainGraph(options.control, masks, options, round);
  return { stopped: stoppedBy(control), ...(control && { trained, control }) };
}

/** The weights that each round takes back, and whether their training came to its end. */
async function rewindPoint(
  graph: LayerGraph,
  data: Dataset,
  options: LotteryTicketOptions,
): Promise<{ readonly graph: LayerGraph; readonly stopped: RoundsStopped }> {
  const { rewindEpochs = 0, rounds } = options;
  checkInteger(rewindEpochs, "rewindEpochs", 0);
  if (rewindEpochs === 0) return { graph, stopped: "finished" };
  const first = { ...options, fit: { ...options.fit, epochs: rewindEpochs } };
  const trained = await trainGraph(graph, new Map(), first, { data, round: 0, rounds });
  return { graph: trained?.graph ?? graph, stopped: stoppedBy(trained) };
}
