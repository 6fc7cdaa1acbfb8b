import * as tf from "@tensorflow/tfjs";
import { LabError } from "../errors.js";
import { type Rng, seeded } from "../random.js";
import { sizeOf } from "../tensor.js";
import { depthwiseCnn, residualCnn } from "./blocks.js";
import { decodeWeights } from "./half-weights.js";
import { teachingCnn, teachingMlp, tinyCnn } from "./teaching.js";
import type { AboutTrained, TrainedModel } from "./trained/trained.js";

/** What builds each model, and the file with its weights: read only when it is asked for. */
const models = {
  "teaching-cnn": { build: teachingCnn, load: () => import("./trained/teaching-cnn.js") },
  "teaching-cnn-hard": { build: teachingCnn, load: () => import("./trained/teaching-cnn-hard.js") },
  "teaching-mlp": { build: teachingMlp, load: () => import("./trained/teaching-mlp.js") },
  "residual-cnn-hard": { build: residualCnn, load: () => import("./trained/residual-cnn-hard.js") },
  "depthwise-cnn-hard": { build: depthwiseCnn, load: () => import("./trained/depthwise-cnn-hard.js") },
  "tiny-cnn-hard": { build: tinyCnn, load: () => import("./trained/tiny-cnn-hard.js") },
} satisfies Record<string, TrainedSource>;

interface TrainedSource {
  readonly build: (rng: Rng) => tf.LayersModel;
  readonly load: () => Promise<{ trained: TrainedModel }>;
}

/** The models that come trained. Those that end in "hard" were trained on the hard glyphs, the others on easy ones. */
export type TrainedName = keyof typeof models;

export const trainedNames = Object.keys(models) as readonly TrainedName[];

/**
 * A model that was trained beforehand on glyphs, and how: data, seeds, epochs, backend, accuracy. Its weights are
 * half-precision numbers; the accuracy is that of the model as it is stored.
 *
 * @throws LabError for an unknown name.
 *
 * @example
 * ```ts
 * import { chooseBackend } from "edgelab/core/training";
 * await chooseBackend();
 * const { model, about } = await loadTrained("teaching-cnn");
 * model.countParams(); // 105866
 * about.testAccuracy > 0.97; // true
 * ```
 */
export async function loadTrained(
  name: TrainedName,
): Promise<{ model: tf.LayersModel; about: AboutTrained }> {
  if (!Object.hasOwn(models, name)) {
    throw new LabError(
      "UNKNOWN_MODEL",
      `there is no trained model "${name}"`,
      `Use one of ${Object.keys(models).join(", ")}.`,
    );
  }
  const { build, load }: TrainedSource = models[name];
  const { about, weights } = (await load()).trained;
  const model = build(seeded(name));
  fill(model, weights);
  return { model, about };
}

/** Sets the weights of a model, layer by layer, from their text. */
function fill(model: tf.LayersModel, text: string): void {
  const variables = model.layers.flatMap(({ weights }) => weights);
  const shapes = variables.map(({ shape }) => shape.map(Number));
  const values = decodeWeights(text, shapes.map(sizeOf));
  tf.tidy(() => {
    for (const [i, variable] of variables.entries()) variable.write(tf.tensor(values[i]!, shapes[i]!));
  });
}
