import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../data/index.js";
import { LabError } from "../errors.js";
import { chooseBackend } from "./backend.js";
import { watch } from "./early-stop.js";
import { evaluate } from "./evaluate.js";
import { noZeroKeeper, zeroKeeper } from "./keep-zeros.js";
import { makeOptimizer } from "./optimizer.js";
import { checkFit, type EpochReport, type FitOptions, type FitResult, type Progress } from "./options.js";
import { type Training, trainStep } from "./train-step.js";

/**
 * Trains a classifier in place. It is to give logits: the loss brings the softmax. The same seed on the same
 * backend gives the same weights, bit for bit, unless layers draw for themselves, as dropout and noise do.
 *
 * Between steps it lets other work happen, so that progress can be shown and a signal can abort: the weights
 * then stay as they are, and the result says so.
 *
 * @throws LabError where model, data and options don't fit each other; for a layer with a regularizer or a
 * constraint, which are not applied here; for a model that is in training already; and where the loss or a weight
 * is no longer finite. All weights, moving averages too, are then those from before the step that failed.
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
  const weights = model.trainableWeights;
  claim(weights);
  try {
    return await train(model, data, options);
  } finally {
    for (const weight of weights) inTraining.delete(weight);
  }
}

/** Weights rather than models: two models may share layers. */
const inTraining = new WeakSet<tf.LayerVariable>();

function claim(weights: readonly tf.LayerVariable[]): void {
  if (weights.some((weight) => inTraining.has(weight))) {
    throw new LabError(
      "IN_TRAINING",
      "the model is in training already",
      "Write await before each fit, so that one ends before the next begins.",
    );
  }
  for (const weight of weights) inTraining.add(weight);
}

async function train(model: tf.LayersModel, data: Dataset, options: FitOptions): Promise<FitResult> {
  const { backend, reason } = await chooseBackend();
  const optimizer = makeOptimizer(options.optimizer ?? { kind: "adam" });
  const best = watch(model, options.earlyStop);
  const zeros = options.keepZeros ? zeroKeeper(model) : noZeroKeeper;
  const training: Training = { model, data, loss: options.loss, optimizer, keepZeros: zeros.apply };
  const run: Run = { training, options, reports: [], steps: 0 };
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
    zeros.dispose();
  }
  const { reports: epochs, steps } = run;
  return { backend, backendReason: reason, epochs, stopped, steps, bestEpoch: best.bestEpoch() };
}

interface Run {
  readonly training: Training;
  readonly options: FitOptions;
  readonly reports: EpochReport[];
  steps: number;
}

async function runEpoch(run: Run, epoch: number): Promise<FitResult["stopped"]> {
  const { training, options } = run;
  const { model, data } = training;
  const { callbacks = {}, signal, batchSize = 64 } = options;
  if (signal?.aborted) return "aborted";
  if ((await callbacks.beforeEpoch?.(epoch, model)) === "stop") return "callback";
  const count = data.labels.length;
  const order = options.rng.permutation(count);
  const steps = Math.ceil(count / batchSize);
  const sums = { loss: 0, correct: 0, seen: 0 };
  for (let step = 1; step <= steps; step++) {
    const places = order.subarray((step - 1) * batchSize, step * batchSize);
    const { loss, correct } = trainStep(training, places, `epoch ${epoch}, step ${step}`);
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

async function validated({ training, options }: Run) {
  if (!options.validation) return {};
  const { loss, accuracy } = await evaluate(training.model, options.validation);
  return { validationLoss: loss, validationAccuracy: accuracy };
}
