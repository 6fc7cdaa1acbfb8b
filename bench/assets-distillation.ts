import type * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../src/core/data/index.js";
import { distill } from "../src/core/distillation/models/index.js";
import { seeded } from "../src/core/random.js";
import { type EpochReport, type FitOptions, fit } from "../src/core/training/index.js";
import { loadTrained, tinyCnn } from "../src/core/zoo/index.js";
import { type AssetFile, recordedFile } from "./assets-files.js";
import { drawn, percent, type Run, rounded } from "./assets-run.js";

const soft = { temperature: 4, alpha: 0.9, form: "hinton" } as const;

/** A student that learns from labels alone, and one that also hears a teacher; with many examples and with few. */
export async function recordDistillation(run: Run): Promise<readonly AssetFile[]> {
  const { model: teacher, about } = await loadTrained("residual-cnn-hard");
  const few = drawn({ ...about.training, count: 1000 });
  const test = drawn(about.test);
  const rows: (number | string)[][] = [];
  for (const data of [few, drawn(about.training)]) {
    for (const repetition of [1, 2, 3]) {
      for (const method of ["labels", "teacher"] as const) {
        const epochs = await learn(run, { method, data, teacher, test, repetition });
        for (const { epoch, validationAccuracy } of epochs) {
          rows.push([method, data.labels.length, repetition, epoch, rounded(validationAccuracy!)]);
        }
      }
    }
  }
  return [
    recordedFile(run, "distillation", {
      what: `The tiny CNN on hard glyphs, taught by labels alone, or also by residual-cnn-hard, which has ${percent(about.testAccuracy)} of the test set right (temperature 4, 0.9 of the loss). A row is an epoch; accuracy is that of the test set.`,
      backend: about.backend,
      columns: ["taught by", "examples", "repetition", "epoch", "accuracy"],
      rows,
    }),
  ];
}

interface Lesson {
  readonly method: "labels" | "teacher";
  readonly data: Dataset;
  readonly teacher: tf.LayersModel;
  readonly test: Dataset;
  readonly repetition: number;
}

/** Both methods begin with the same weights, and see the examples in the same order. */
async function learn(
  run: Run,
  { method, data, teacher, test, repetition }: Lesson,
): Promise<readonly EpochReport[]> {
  const seed = `${run.name}, ${repetition}`;
  const student = tinyCnn(seeded(`${seed}, weights`));
  const options: FitOptions = {
    epochs: 12,
    rng: seeded(`${seed}, order`),
    validation: test,
    signal: run.signal,
    onProgress: run.progress(`${method}, ${data.labels.length} examples, repetition ${repetition}`),
  };
  const result =
    method === "labels"
      ? await fit(student, data, options)
      : await distill({ teacher, student, data, ...soft, ...options });
  run.signal.throwIfAborted();
  student.dispose();
  return result.epochs;
}
