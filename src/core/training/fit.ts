import * as tf from "@tensorflow/tfjs";
import { type Dataset, pick } from "../data/index.js";
import { LabError } from "../errors.js";
import { chooseBackend } from "./backend.js";
import { watch } from "./early-stop.js";
import { evaluate } from "./evaluate.js";
import { softmaxCrossEntropy } from "./loss.js";
import { makeOptimizer, type Optimizer } from "./optimizer.js";
import {
  type Batch,
  checkFit,
  type EpochReport,
  type FitOptions,
  type FitResult,
  type Progress,
} from "./options.js";
import { countCorrect } from "./predict.js";

/**
 * Trains a classifier in place. The same seed on the same backend gives the same weights, bit for bit.
 *
 * Between steps it lets other work happen, so that progress can be shown and a signal can abort: the weights
 * then stay as they are, and the result says so.
 *
 * @throws LabError where model, data and options don't fit each other, and where the loss is no longer finite;
 * the trainable weights are then those from before the step that failed.
 *
 * @example
 * ```ts
 * import { seeded, uniformTensor } from "edgelab/core";
 * import { chooseBackend } from "edgelab/core/training";
 * import { teachingMlp } from "edgelab/core/zoo";
 * await chooseBackend();
 * const inputs = uniformTensor(seeded("b"), [4, 28, 28, 1], 0, 1);
 * const data = { inputs, labels: Int32Array.of(0, 1, 2, 3), classes: 10 };
 * const result = await fit(teachingMlp(seeded("a")), data, { epochs: 5, rng: seeded("order") });
 * result.stopped; // "finished"
 * result.steps; // 5
 * ```
 */
export async function fit(model: tf.LayersModel, data: Dataset, options: FitOptions): Promise<FitResult> {
  checkFit(model, data, options);
  const { backend, reason } = await chooseBackend();
  const optimizer = makeOptimizer(options.optimizer ?? { kind: "adam" });
  const best = watch(model, options.earlyStop);
  const run: Run = { model, data, options, optimizer, reports: [], steps: 0 };
  let stopped: FitResult["stopped"] = "finished";
  try {
    for (let epoch = 1; epoch <= options.epochs && stopped === "finished"; epoch++) {
      stopped = await runEpoch(run, epoch);
      const report = run.reports[epoch - 1];
      if (report && best.look(epoch, report.validationLoss ?? report.loss) && stopped === "finished") {
        stopped = "early";
      }
    }
    if (stopped !== "aborted") best.restore();
  } finally {
    optimizer.dispose();
    best.dispose();
  }
  const { reports: epochs, steps } = run;
  return { backend, backendReason: reason, epochs, stopped, steps, bestEpoch: best.bestEpoch() };
}

interface Run {
  readonly model: tf.LayersModel;
  readonly data: Dataset;
  readonly options: FitOptions;
  readonly optimizer: Optimizer;
  readonly reports: EpochReport[];
  steps: number;
}

async function runEpoch(run: Run, epoch: number): Promise<FitResult["stopped"]> {
  const { model, data, options } = run;
  const { callbacks = {}, signal, batchSize = 64 } = options;
  if (signal?.aborted) return "aborted";
  if ((await callbacks.beforeEpoch?.(epoch, model)) === "stop") return "callback";
  const count = data.labels.length;
  const order = options.rng.permutation(count);
  const steps = Math.ceil(count / batchSize);
  const sums = { loss: 0, correct: 0, seen: 0 };
  for (let step = 1; step <= steps; step++) {
    const places = order.subarray((step - 1) * batchSize, step * batchSize);
    const { loss, correct } = trainStep(run, places, `epoch ${epoch}, step ${step}`);
    run.steps++;
    sums.loss += loss * places.length;
    sums.correct += correct;
    sums.seen += places.length;
    const at: Progress = { epoch, epochs: options.epochs, step, steps, ...means(sums) };
    if ((await callbacks.afterStep?.(model, at)) === "stop") return "callback";
    options.onProgress?.(at);
    await tf.nextFrame();
    if (signal?.aborted) return "aborted";
  }
  const report = { epoch, ...means(sums), ...(await validated(run)) };
  run.reports.push(report);
  return (await callbacks.onEpoch?.(report, model)) === "stop" ? "callback" : "finished";
}

function means({ loss, correct, seen }: { loss: number; correct: number; seen: number }) {
  return { loss: loss / seen, accuracy: correct / seen };
}

async function validated({ model, options }: Run) {
  if (!options.validation) return {};
  const { loss, accuracy } = await evaluate(model, options.validation);
  return { validationLoss: loss, validationAccuracy: accuracy };
}

/** One step: w ← optimizer(w, ∂L/∂w) for one batch. */
function trainStep(run: Run, places: Int32Array, when: string): { loss: number; correct: number } {
  const { model, data, options, optimizer } = run;
  const { inputs, labels, classes } = pick(data, places);
  return tf.tidy(() => {
    const x = tf.tensor(inputs.data, [...inputs.shape]);
    const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat() as tf.Tensor2D;
    let logits: Float32Array = new Float32Array();
    const forward = (): tf.Scalar => {
      const made = model.apply(x, { training: true }) as tf.Tensor | tf.Tensor[];
      const outputs = Array.isArray(made) ? made : [made];
      const batch: Batch = { logits: outputs[0] as tf.Tensor2D, outputs, labels: y, inputs: x, places };
      logits = batch.logits.dataSync<"float32">();
      return checkScalar((options.loss ?? softmaxCrossEntropy)(batch));
    };
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(forward, variables);
    const loss = value.dataSync()[0]!;
    if (!Number.isFinite(loss)) throw diverged(loss, when);
    optimizer.apply(variables, grads);
    return { loss, correct: countCorrect(logits, labels) };
  });
}

function checkScalar(loss: tf.Scalar): tf.Scalar {
  if (loss.rank === 0) return loss;
  throw new LabError(
    "BAD_LOSS",
    `the loss must be a scalar, got the shape [${loss.shape}]`,
    "Take the mean over the batch.",
  );
}

function diverged(loss: number, when: string): LabError {
  return new LabError(
    "DIVERGED",
    `the loss became ${loss} in ${when}`,
    "Lower the learning rate; if it happens in the first step, look at the loss and at the inputs' range.",
  );
}
