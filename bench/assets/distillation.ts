import type * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../../src/core/data/index.js";
import type { DistillationOptions } from "../../src/core/distillation/index.js";
import { distill } from "../../src/core/distillation/models/index.js";
import { seeded } from "../../src/core/random.js";
import { type EpochReport, type FitOptions, fit } from "../../src/core/training/index.js";
import { loadTrained, tinyCnn } from "../../src/core/zoo/index.js";
import { type AssetFile, recordedFile } from "./files.js";
import { drawn, percent, type Run, rounded } from "./run.js";

const epochs = 30;
const recordedEvery = 5;

/** From labels alone, and with a teacher at two settings: soft answers at most of the loss, harder ones at half. */
const methods: readonly (DistillationOptions | undefined)[] = [
  undefined,
  { form: "hinton", temperature: 4, alpha: 0.9 },
  { form: "hinton", temperature: 2, alpha: 0.5 },
];

/** A small student that learns from labels alone, and one that also hears a teacher. */
export async function recordDistillation(run: Run): Promise<readonly AssetFile[]> {
  const { model: teacher, about } = await loadTrained("residual-cnn-hard");
  const data = drawn({ ...about.training, count: 2000 });
  const test = drawn(about.test);
  const rows: (number | string)[][] = [];
  for (const repetition of [1, 2, 3]) {
    for (const method of methods) {
      const { temperature = 0, alpha = 0 } = method ?? {};
      const learnt = await learn(run, { method, data, teacher, test, repetition });
      for (const { epoch, validationAccuracy } of learnt.filter(({ epoch }) => epoch % recordedEvery === 0)) {
        rows.push([temperature, alpha, repetition, epoch, rounded(validationAccuracy!)]);
      }
    }
  }
  return [
    recordedFile(run, "distillation", {
      what: `The tiny CNN, taught with 2,000 hard glyphs by their labels alone (weight 0), or also by residual-cnn-hard, which has ${percent(about.testAccuracy)} of the test set right. The weight is the teacher's part of Hinton's loss. A row is every fifth epoch; accuracy is that of the test set.`,
      backend: about.backend,
      columns: ["temperature", "weight", "repetition", "epoch", "accuracy"],
      rows,
    }),
  ];
}

interface Lesson {
  readonly method: DistillationOptions | undefined;
  readonly data: Dataset;
  readonly teacher: tf.LayersModel;
  readonly test: Dataset;
  readonly repetition: number;
}

/** All methods begin with the same weights, and see the examples in the same order. */
async function learn(
  run: Run,
  { method, data, teacher, test, repetition }: Lesson,
): Promise<readonly EpochReport[]> {
  const seed = `${run.name}, ${repetition}`;
  const student = tinyCnn(seeded(`${seed}, weights`));
  const taught = method ? `temperature ${method.temperature}` : "labels";
  const options: FitOptions = {
    epochs,
    rng: seeded(`${seed}, order`),
    validation: test,
    signal: run.signal,
    onProgress: run.progress(`${taught}, repetition ${repetition}`),
  };
  const result = method
    ? (await distill(student, teacher, data, { ...method, ...options })).fit
    : await fit(student, data, options);
  run.signal.throwIfAborted();
  student.dispose();
  return result.epochs;
}
