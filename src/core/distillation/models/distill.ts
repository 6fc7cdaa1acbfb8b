import * as tf from "@tensorflow/tfjs";
import { checkNumber } from "../../arguments.js";
import type { Dataset } from "../../data/index.js";
import { LabError } from "../../errors.js";
import type { Rng } from "../../random.js";
import { type Batch, evaluate, type FitOptions, type FitResult, fit, predict } from "../../training/index.js";
import { checkClassifier, checkFit } from "../../training/options.js";
import { checkTemperature } from "../arguments.js";
import { type DistillationOptions, distillationWeights } from "../distillation-loss.js";
import { attentionLossOp, attentionMapOp, distillationLossOp, hintLossOp } from "./losses.js";
import { checkImages, outputOf, rowsAt, type Target, teacherFeatures, teacherMaps } from "./targets.js";

/** Two layers whose outputs are to become alike, and what their loss is multiplied with. */
export interface LayerPair {
  readonly teacherLayer: string;
  readonly studentLayer: string;
  readonly weight: number;
}

export interface DistillOptions extends DistillationOptions, Omit<FitOptions, "loss"> {
  /** Feature transfer, through a linear regressor that is trained along and then dropped. */
  readonly feature?: LayerPair;
  /** Attention transfer. */
  readonly attention?: readonly LayerPair[];
}

export interface DistillResult {
  readonly fit: FitResult;
  /** On the validation data; without them, on the training data. */
  readonly studentAccuracy: number;
  /** On the same data. */
  readonly teacherAccuracy: number;
}

/**
 * Trains a student on labels and on what a teacher says, with everything that `fit` can do; the loss is
 * `distillationLoss`, plus weight · `hintLoss` and weight · `attentionLoss` where these are asked for. The teacher
 * answers for each example once, before the first step: it must get the same inputs as the student, unchanged
 * from epoch to epoch. What a layer gives is kept for all examples, in 4 bytes a number.
 *
 * @param student Trained in place.
 * @throws LabError as `fit` does, for a teacher that does not fit the data or is the student, for a layer that is not
 *   there, and for layers whose outputs differ in height or width.
 * @see Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015)
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * import { glyphs } from "edgelab/core/data";
 * import { teachingMlp, tinyCnn } from "edgelab/core/zoo";
 * const data = glyphs({ count: 64, rng: seeded("digits") });
 * const [student, teacher] = [tinyCnn(seeded("student")), teachingMlp(seeded("teacher"))];
 * const soft = { temperature: 4, alpha: 0.9, form: "hinton" } as const;
 * const { fit } = await distill(student, teacher, data, { ...soft, epochs: 1, rng: seeded("order") });
 * fit.steps; // 1
 * ```
 */
export async function distill(
  student: tf.LayersModel,
  teacher: tf.LayersModel,
  data: Dataset,
  options: DistillOptions,
): Promise<DistillResult> {
  const lesson: Lesson = { student, teacher, data, options };
  checkLesson(lesson);
  const { feature, attention = [], ...rest } = options;
  const terms = attention.map((pair) => attentionTerm(lesson, pair));
  const hint = feature && hintTerm(lesson, feature);
  try {
    const logits = await predict(teacher, data.inputs);
    const extras: Extra[] = [];
    for (const { output, target, loss, weight } of [...terms, ...(hint ? [hint] : [])]) {
      extras.push({ output, loss, weight, target: await target() });
    }
    const trained = tf.model({
      inputs: student.inputs,
      outputs: [student.outputs[0]!, ...extras.map(({ output }) => output)],
    });
    const loss = (batch: Batch): tf.Scalar => totalLoss(batch, logits, extras, options);
    const result = await fit(trained, data, { ...rest, loss });
    const judged = options.validation ?? data;
    const { accuracy: studentAccuracy } = await evaluate(student, judged);
    const { accuracy: teacherAccuracy } = await evaluate(teacher, judged);
    return { fit: result, studentAccuracy, teacherAccuracy };
  } finally {
    hint?.dispose();
  }
}

interface Lesson {
  readonly student: tf.LayersModel;
  readonly teacher: tf.LayersModel;
  readonly data: Dataset;
  readonly options: DistillOptions;
}

function checkLesson({ student, teacher, data, options }: Lesson): void {
  checkFit(student, data, options);
  checkTemperature(options.temperature);
  distillationWeights(options);
  if (teacher === student) {
    throw new LabError("SAME_MODEL", "teacher and student are one model", "Build or load the student anew.");
  }
  checkClassifier(teacher, data, "the data for the teacher");
}

/** A loss of an inner layer, before the teacher has spoken. */
interface Term {
  /** What the student gives to compare, as a further output of its model. */
  readonly output: tf.SymbolicTensor;
  readonly target: () => Promise<Target>;
  readonly loss: (student: tf.Tensor, teacher: tf.Tensor) => tf.Scalar;
  readonly weight: number;
}

type Extra = Omit<Term, "target"> & { readonly target: Target };

/** L = L_distillation + Σ weight · L_layer */
function totalLoss(
  { logits, outputs, labels, places }: Batch,
  teacher: Target,
  extras: readonly Extra[],
  options: DistillationOptions,
): tf.Scalar {
  const soft = distillationLossOp(logits, rowsAt(teacher, places) as tf.Tensor2D, labels, options);
  return extras.reduce<tf.Scalar>((sum, { target, loss, weight }, i) => {
    return sum.add(loss(outputs[i + 1]!, rowsAt(target, places)).mul(weight)) as tf.Scalar;
  }, soft);
}

function attentionTerm({ teacher, student, data }: Lesson, pair: LayerPair): Term {
  const { output, wanted } = outputsOf(teacher, student, pair);
  checkImages(output, pair.studentLayer);
  checkImages(wanted, pair.teacherLayer);
  return {
    output,
    target: () => teacherMaps(teacher, pair.teacherLayer, data),
    loss: (activations, map) =>
      attentionLossOp(attentionMapOp(activations as tf.Tensor4D), map as tf.Tensor3D),
    weight: pair.weight,
  };
}

function hintTerm({ teacher, student, data, options }: Lesson, pair: LayerPair): Term & { dispose(): void } {
  const { output, wanted } = outputsOf(teacher, student, pair);
  const regressor = linearRegressor(Number(wanted.shape.at(-1)), output, options.rng);
  return {
    output: regressor.output,
    target: () => teacherFeatures(teacher, pair.teacherLayer, data),
    loss: hintLossOp,
    weight: pair.weight,
    dispose: regressor.dispose,
  };
}

/** The outputs of both layers, which may differ in their channels only. Lengths that are left open show in the first step. */
function outputsOf(teacher: tf.LayersModel, student: tf.LayersModel, pair: LayerPair) {
  checkNumber(pair.weight, "weight", 0, Number.MAX_VALUE);
  const output = outputOf(student, pair.studentLayer);
  const wanted = outputOf(teacher, pair.teacherLayer);
  const fits = output.shape
    .slice(1, -1)
    .every((n, i) => n === null || wanted.shape[i + 1] === null || n === wanted.shape[i + 1]);
  if (output.shape.length !== wanted.shape.length || !fits) {
    throw new LabError(
      "BAD_SHAPE",
      `layer ${pair.studentLayer} gives [${lengths(output)}] and the teacher's ${pair.teacherLayer} [${lengths(wanted)}]`,
      "Take two layers whose outputs have the same height and width.",
    );
  }
  return { output, wanted };
}

function lengths({ shape }: tf.SymbolicTensor): string {
  return shape
    .slice(1)
    .map((n) => n ?? "any")
    .join(", ");
}

/** f W + b on the last axis, with W drawn from U(-b, b), b = √(6 / channels), and zero biases. */
function linearRegressor(channels: number, input: tf.SymbolicTensor, rng: Rng) {
  const layer = tf.layers.dense({ units: channels });
  const output = layer.apply(input) as tf.SymbolicTensor;
  const from = Number(input.shape.at(-1));
  const bound = Math.sqrt(6 / from);
  const draws = Float32Array.from({ length: from * channels }, () => rng.uniform(-bound, bound));
  tf.tidy(() => {
    layer.setWeights([tf.tensor2d(draws, [from, channels]), tf.zeros([channels])]);
  });
  return { output, dispose: () => void layer.dispose() };
}
