import type { Dataset } from "../../data/index.js";
import { fromLayerGraph, type LayerGraph, toLayerGraph } from "../../model/index.js";
import { evaluate, type FitOptions, type FitResult, type Progress } from "../../training/index.js";
import { checkClassifier } from "../../training/options.js";
import type { Masks } from "../graph-masks.js";
import { maskedFit } from "./masked-fit.js";

/** What the loops of pruning and training have in common. */
export interface RoundOptions {
  /** What each round's accuracy is measured on. */
  readonly test: Dataset;
  /** Of each round's training. Its generator goes on from round to round. A callback's "stop" ends all rounds. */
  readonly fit: Omit<FitOptions, "signal" | "onProgress">;
  readonly onProgress?: (progress: Progress & { readonly round: number; readonly rounds: number }) => void;
  /** Ends the training after the current step; the rounds that were finished come back. */
  readonly signal?: AbortSignal;
}

/** How the rounds ended. callback: one of `fit`'s callbacks said "stop"; the round that it ended counts. */
export type RoundsStopped = "finished" | "aborted" | "callback";

export interface Trained {
  readonly graph: LayerGraph;
  /** From 0 to 1. */
  readonly accuracy: number;
  readonly fit: FitResult;
}

/** What a training belongs to. */
export interface RoundOf {
  readonly data: Dataset;
  readonly round: number;
  readonly rounds: number;
}

/** Whether there are more rounds to come after a training. */
export function stoppedBy(trained: Trained | undefined): RoundsStopped {
  if (!trained) return "aborted";
  return trained.fit.stopped === "callback" ? "callback" : "finished";
}

/** Trains the model of a graph with masks, and tests it: nothing if it was aborted. No tfjs model stays behind. */
export async function trainGraph(
  graph: LayerGraph,
  masks: Masks,
  { test, fit, signal, onProgress }: RoundOptions,
  { data, ...round }: RoundOf,
): Promise<Trained | undefined> {
  const model = fromLayerGraph(graph);
  const report = onProgress && ((at: Progress) => onProgress({ ...at, ...round }));
  try {
    checkClassifier(model, test, "the test data");
    const options = { ...fit, ...(signal && { signal }), ...(report && { onProgress: report }) };
    const fitted = await maskedFit(model, masks, data, options);
    if (fitted.stopped === "aborted") return undefined;
    const { accuracy } = await evaluate(model, test);
    return { graph: toLayerGraph(model), accuracy, fit: fitted };
  } finally {
    model.dispose();
  }
}
