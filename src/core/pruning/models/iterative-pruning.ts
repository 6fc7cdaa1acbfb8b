import { checkInteger, wrongKind } from "../../arguments.js";
import type { Dataset } from "../../data/index.js";
import type { LayerGraph } from "../../model/index.js";
import type { FitResult } from "../../training/index.js";
import { type MagnitudeMasksOptions, type Masks, magnitudeMasks, maskedSparsity } from "../graph-masks.js";
import { type RoundOptions, type RoundsStopped, stoppedBy, trainGraph } from "./train-graph.js";

export interface IterativePruningOptions extends RoundOptions {
  readonly rounds: number;
  /** The sparsity of each round, from 1: a `sparsitySchedule`, or sparsities by the layers' names. */
  readonly schedule: (round: number) => MagnitudeMasksOptions["sparsity"];
  /** See `magnitudeMasks`. Left out: layer. */
  readonly scope?: "layer" | "global";
  readonly onRound?: (round: PruningRound) => void;
}

export interface PruningRound {
  /** From 1. */
  readonly round: number;
  /** Which part of all kernels' weights is removed. */
  readonly sparsity: number;
  /** On the test data, after the round's training, from 0 to 1. */
  readonly accuracy: number;
  readonly fit: FitResult;
}

export interface IterativePruning {
  /** After the last round; the model that came in if there was none. */
  readonly graph: LayerGraph;
  readonly masks: Masks;
  readonly rounds: readonly PruningRound[];
  readonly stopped: RoundsStopped;
}

/**
 * Prunes a trained model little by little: each round removes the smallest weights up to the round's sparsity, and
 * trains what is left. What is removed once stays removed.
 *
 * @throws LabError for a sparsity outside [0, 1), and where `fit` throws one.
 * @see Han et al., "Learning both weights and connections" (2015), section 3.4
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { toLayerGraph } from "edgelab/core/model";
 * import { sparsitySchedule } from "edgelab/core/pruning";
 * import { teachingMlp } from "edgelab/core/zoo";
 * const data = { inputs: uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1), labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * const { rounds } = await iterativePruning(toLayerGraph(teachingMlp(seeded("a"))), data, {
 *   test: data,
 *   fit: { epochs: 1, rng: seeded("order") },
 *   rounds: 3,
 *   schedule: sparsitySchedule({ kind: "linear", final: 0.75, end: 3 }),
 * });
 * rounds.map(({ sparsity }) => sparsity); // [0.25, 0.5, 0.75]
 * ```
 */
export async function iterativePruning(
  graph: LayerGraph,
  data: Dataset,
  options: IterativePruningOptions,
): Promise<IterativePruning> {
  const { rounds, schedule, scope = "layer", onRound } = options ?? {};
  checkInteger(rounds, "rounds", 1);
  if (typeof schedule !== "function") {
    throw wrongKind("the schedule", schedule, "Give a function of the round: sparsitySchedule makes one.");
  }
  const finished: PruningRound[] = [];
  let current = graph;
  let masks: Masks = new Map();
  let stopped: RoundsStopped = "finished";
  for (let round = 1; stopped === "finished" && round <= rounds; round++) {
    const removed = magnitudeMasks(current, { sparsity: schedule(round), scope, previous: masks });
    const next: Masks = new Map([...masks, ...removed]);
    const trained = await trainGraph(current, next, options, { data, round, rounds });
    stopped = stoppedBy(trained);
    if (!trained) break;
    current = trained.graph;
    masks = next;
    const sparsity = maskedSparsity(graph, masks);
    const report = { round, sparsity, accuracy: trained.accuracy, fit: trained.fit };
    finished.push(report);
    onRound?.(report);
  }
  return { graph: current, masks, rounds: finished, stopped };
}
