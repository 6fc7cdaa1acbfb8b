import * as tf from "@tensorflow/tfjs";
import { type Rng, seeded } from "../../src/core/random.js";
import { type EpochReport, evaluate, type FitResult } from "../../src/core/training/index.js";
import { decodeWeights, encodeWeights } from "../../src/core/zoo/half-weights.js";
import { depthwiseCnn, residualCnn, teachingCnn, teachingMlp, tinyCnn } from "../../src/core/zoo/index.js";
import type { TrainedModel } from "../../src/core/zoo/trained/trained.js";
import { type AssetFile, recordedFile, trainedFile } from "./files.js";
import { drawn, glyphSets, percent, type Run, rounded, train } from "./run.js";

interface Recipe {
  readonly name: string;
  readonly build: (rng: Rng) => tf.LayersModel;
  readonly level: "easy" | "hard";
  readonly epochs: number;
  /** 0.001 */
  readonly learningRate?: number;
}

const recipes: readonly Recipe[] = [
  { name: "teaching-cnn", build: teachingCnn, level: "easy", epochs: 6 },
  { name: "teaching-cnn-hard", build: teachingCnn, level: "hard", epochs: 12 },
  { name: "teaching-mlp", build: teachingMlp, level: "easy", epochs: 15 },
  { name: "residual-cnn-hard", build: residualCnn, level: "hard", epochs: 8, learningRate: 0.003 },
  { name: "depthwise-cnn-hard", build: depthwiseCnn, level: "hard", epochs: 8, learningRate: 0.003 },
  { name: "tiny-cnn-hard", build: tinyCnn, level: "hard", epochs: 12 },
];

/** Trains the models of the zoo, and records how they learnt. */
export async function trainModels(run: Run): Promise<readonly AssetFile[]> {
  const made: { trained: TrainedModel; result: FitResult }[] = [];
  for (const recipe of recipes) made.push(await trainModel(run, recipe));
  const rows = made.flatMap(({ trained: { about }, result }) =>
    result.epochs.map((report) => [about.name, ...curve(report)]),
  );
  const curves = recordedFile(run, "float-training", {
    what: "The models of the zoo, trained in float32. A row is an epoch of a model; loss and accuracy are means over the epoch, on the training set as it went by.",
    backend: made[0]!.result.backend,
    columns: ["model", "epoch", "loss", "accuracy", "validation loss", "validation accuracy"],
    rows,
  });
  return [...made.map(({ trained }) => trainedFile(trained)), curves];
}

async function trainModel(run: Run, recipe: Recipe): Promise<{ trained: TrainedModel; result: FitResult }> {
  const { name, build, epochs, level, learningRate = 0.001 } = recipe;
  const sets = glyphSets(level);
  const seed = `${run.name}, ${name}`;
  const model = build(seeded(`${seed}, weights`));
  const result = await train(run, name, model, drawn(sets.training), {
    epochs,
    rng: seeded(`${seed}, order`),
    optimizer: { kind: "adam", learningRate },
    validation: drawn(sets.validation),
    earlyStop: { patience: epochs, restoreBest: true },
  });
  const weights = rounding(model);
  const { accuracy } = await evaluate(model, drawn(sets.test));
  run.say(`${name}: ${percent(accuracy)} of the test set`);
  const { backend, bestEpoch } = result;
  const about = {
    name,
    ...sets,
    seed,
    epochs,
    learningRate,
    bestEpoch,
    backend,
    testAccuracy: accuracy,
    command: run.command,
  };
  model.dispose();
  return { trained: { about, weights }, result };
}

/** Rounds a model's weights to half precision, in place, and gives their text. */
function rounding(model: tf.LayersModel): string {
  const variables = model.layers.flatMap(({ weights }) => weights);
  const values = variables.map((variable) => variable.read().dataSync<"float32">());
  const text = encodeWeights(values);
  const halves = decodeWeights(
    text,
    values.map(({ length }) => length),
  );
  for (const [i, variable] of variables.entries()) {
    const { shape } = variable.read();
    variable.write(tf.tensor(halves[i]!, shape));
  }
  return text;
}

function curve({ epoch, loss, accuracy, validationLoss, validationAccuracy }: EpochReport): number[] {
  return [epoch, ...[loss, accuracy, validationLoss!, validationAccuracy!].map(rounded)];
}
