import { LabError, seeded } from "edgelab/core";
import { type Dataset, glyphs } from "edgelab/core/data";
import { fromLayerGraph, type LayerGraph, toLayerGraph } from "edgelab/core/model";
import { applyMasks, magnitudeMasks } from "edgelab/core/pruning";
import { chooseBackend, evaluate } from "edgelab/core/training";
import { loadTrained } from "edgelab/core/zoo";

const layers = ["conv1", "conv2", "dense1", "logits"];

/** Loaded once for all that this process judges. */
let whole: Promise<LayerGraph> | undefined;

async function teachingCnn(): Promise<LayerGraph> {
  await chooseBackend({ backend: "wasm" });
  const { model } = await loadTrained("teaching-cnn-hard");
  const graph = toLayerGraph(model);
  model.dispose();
  return graph;
}

async function accuracyOf(graph: LayerGraph, digits: Dataset): Promise<number> {
  const model = fromLayerGraph(graph);
  const { accuracy } = await evaluate(model, digits);
  model.dispose();
  return accuracy;
}

/**
 * The accuracies of the teaching CNN with its layers pruned by magnitude as each plan says, without training, on the
 * same hard digits, which are drawn from the seed.
 */
export async function accuraciesOfPlans(
  plans: readonly (readonly number[])[],
  count: number,
  seed: string,
): Promise<number[]> {
  if (plans.some((plan) => plan.length !== layers.length)) {
    throw new LabError("BAD_PLAN", "the plan has another number of layers", "Give one sparsity a layer.");
  }
  whole ??= teachingCnn();
  const graph = await whole;
  const digits = glyphs({ count, level: "hard", rng: seeded(seed) });
  const accuracies: number[] = [];
  for (const plan of plans) {
    const sparsity = Object.fromEntries(layers.map((layer, l) => [layer, plan[l]!]));
    accuracies.push(await accuracyOf(applyMasks(graph, magnitudeMasks(graph, { sparsity })), digits));
  }
  return accuracies;
}
