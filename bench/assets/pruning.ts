import { fromLayerGraph, type LayerGraph, toLayerGraph } from "../../src/core/model/index.js";
import { applyMasks, magnitudeMasks, type Schedule, sparsitySchedule } from "../../src/core/pruning/index.js";
import { iterativePruning, lotteryTicket } from "../../src/core/pruning/models/index.js";
import { seeded } from "../../src/core/random.js";
import { evaluate } from "../../src/core/training/index.js";
import { loadTrained, teachingMlp } from "../../src/core/zoo/index.js";
import { type AssetFile, recordedFile } from "./files.js";
import { drawn, glyphSets, percent, type Run, rounded } from "./run.js";

const rounds = 6;
/** Both reach the final sparsity in time to train with it. */
const schedules: readonly ((final: number) => Schedule)[] = [
  (final) => ({ kind: "oneShot", final, begin: 1 }),
  (final) => ({ kind: "cubic", final, end: 4 }),
];

/** All at once against little by little, with equally many epochs of training. */
export async function recordPruning(run: Run): Promise<readonly AssetFile[]> {
  const { model, about } = await loadTrained("teaching-cnn-hard");
  const train = drawn(about.training);
  const test = drawn(about.test);
  const graph = toLayerGraph(model);
  model.dispose();
  const accuracyOf = async (pruned: LayerGraph): Promise<number> => {
    const rebuilt = fromLayerGraph(pruned);
    const { accuracy } = await evaluate(rebuilt, test);
    rebuilt.dispose();
    return accuracy;
  };
  const rows: (number | string)[][] = [["none", 0, 0, 0, rounded(await accuracyOf(graph))]];
  for (const final of [0.8, 0.9, 0.95, 0.98]) {
    const masks = magnitudeMasks(graph, { sparsity: final, scope: "global" });
    rows.push(["untrained", final, 0, final, rounded(await accuracyOf(applyMasks(graph, masks)))]);
    for (const schedule of schedules.map((of) => of(final))) {
      const label = `${schedule.kind} to ${percent(final)}`;
      const pruned = await iterativePruning(graph, train, {
        test,
        fit: { epochs: 1, rng: seeded(`${run.name}, order`) },
        rounds,
        schedule: sparsitySchedule(schedule),
        scope: "global",
        signal: run.signal,
        onProgress: (at) => run.progress(`${label}, round ${at.round}/${at.rounds}`)(at),
      });
      run.signal.throwIfAborted();
      for (const { round, sparsity, accuracy } of pruned.rounds) {
        rows.push([schedule.kind, final, round, rounded(sparsity), rounded(accuracy)]);
      }
    }
  }
  return [
    recordedFile(run, "pruning", {
      what: "teaching-cnn-hard, pruned by magnitude over all layers: at once and then trained (oneShot), in rounds (cubic), or not trained at all. A row is a round of one epoch; accuracy is that of the test set.",
      backend: about.backend,
      columns: ["method", "final sparsity", "round", "sparsity", "accuracy"],
      rows,
    }),
  ];
}

function freshMlp(seed: string): LayerGraph {
  const model = teachingMlp(seeded(seed));
  const graph = toLayerGraph(model);
  model.dispose();
  return graph;
}

/** Does what is left of a network learn from the weights that it began with, and from others? */
export async function recordLotteryTickets(run: Run): Promise<readonly AssetFile[]> {
  const sets = glyphSets("easy");
  const rows: (number | string)[][] = [];
  let backend = "";
  for (const repetition of [1, 2, 3]) {
    const seed = `${run.name}, ${repetition}`;
    const found = await lotteryTicket(freshMlp(`${seed}, weights`), drawn(sets.training), {
      test: drawn(sets.test),
      fit: { epochs: 5, rng: seeded(`${seed}, order`) },
      rounds: 7,
      // Frankle and Carbin prune the last layer, which is small, half as fast (appendix G).
      fraction: { dense1: 0.5, dense2: 0.5, logits: 0.25 },
      control: freshMlp(`${seed}, other weights`),
      signal: run.signal,
      onProgress: (at) => run.progress(`repetition ${repetition}, round ${at.round}/${at.rounds}`)(at),
    });
    run.signal.throwIfAborted();
    for (const { round, remaining, accuracy, controlAccuracy, fit } of found.rounds) {
      rows.push([repetition, round, ...[remaining, accuracy, controlAccuracy!].map(rounded)]);
      backend = fit.backend;
    }
  }
  return [
    recordedFile(run, "lottery-tickets", {
      what: "The teaching MLP on easy glyphs: trained, pruned by magnitude in each layer, and trained again from its first weights (ticket) or from others (control), 5 epochs each. A row is a round; accuracies are those of the test set.",
      backend,
      columns: ["repetition", "round", "remaining", "ticket accuracy", "control accuracy"],
      rows,
    }),
  ];
}
