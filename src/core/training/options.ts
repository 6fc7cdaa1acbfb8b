import type * as tf from "@tensorflow/tfjs";
import { checkInteger, checkNumber, wrongKind } from "../arguments.js";
import { checkDataset, type Dataset } from "../data/index.js";
import { LabError } from "../errors.js";
import type { Rng } from "../random.js";
import type { BackendName } from "./backend.js";
import { checkGivesLogits, checkModel, checkNothingIgnored } from "./check-model.js";
import type { EarlyStop } from "./early-stop.js";
import type { OptimizerOptions } from "./optimizer.js";
import { checkInputs } from "./predict.js";

/** What a loss is computed from. */
export interface Batch {
  /** [batch, classes] */
  readonly logits: tf.Tensor2D;
  /** All outputs of the model, the logits first: a model with more of them can be taught by its features. */
  readonly outputs: readonly tf.Tensor[];
  /** [batch, classes], one-hot */
  readonly labels: tf.Tensor2D;
  readonly inputs: tf.Tensor;
  /** Where in the data set the examples stand: what was computed ahead for each of them is found with it. */
  readonly places: Int32Array;
}

/** The mean over the batch of what is to become small. */
export type Loss = (batch: Batch) => tf.Scalar;

export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Means over the epoch's batches, as they went by. */
  readonly loss: number;
  readonly accuracy: number;
  /** After the epoch; absent without validation data. The loss is the cross-entropy, whatever was trained. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}

export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Steps an epoch. */
  readonly steps: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
}

/** Each may be asynchronous, and can end the training by returning "stop". */
export interface Callbacks {
  beforeEpoch?(epoch: number, model: tf.LayersModel): unknown;
  /** After the weights have changed, which may be changed again here: masks of pruned weights, for example. */
  afterStep?(model: tf.LayersModel, at: Progress): unknown;
  onEpoch?(report: EpochReport, model: tf.LayersModel): unknown;
}

export interface FitOptions {
  readonly epochs: number;
  /** Shuffles the examples before each epoch. */
  readonly rng: Rng;
  /** Examples a step; an epoch's last batch holds what is left. 64 */
  readonly batchSize?: number;
  /** Adam with its usual constants. */
  readonly optimizer?: OptimizerOptions;
  /** The softmax cross-entropy. */
  readonly loss?: Loss;
  readonly validation?: Dataset;
  readonly callbacks?: Callbacks;
  readonly earlyStop?: EarlyStop;
  /**
   * Kernels' zeros stay zeros, momentum or not: so that a pruned model stays pruned when it is trained further.
   * What counts is where they are when training begins. false
   */
  readonly keepZeros?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the training after the current step. The weights stay as they are then. */
  readonly signal?: AbortSignal;
}

/** What a training run was, as plain data. */
export interface FitResult {
  readonly backend: BackendName;
  readonly backendReason: string;
  /** The epochs that were finished. */
  readonly epochs: readonly EpochReport[];
  readonly stopped: "finished" | "early" | "aborted" | "callback";
  /** Steps that changed the weights. */
  readonly steps: number;
  /** The epoch with the least validation loss, or training loss without validation data; 0 if none was finished. */
  readonly bestEpoch: number;
}

/** Throws a LabError for options that `fit` can't work with. */
export function checkFit(model: tf.LayersModel, data: Dataset, options: FitOptions): void {
  checkClassifier(model, data, "the training data");
  checkNothingIgnored(model);
  checkOptions(options);
  if (options.validation) checkClassifier(model, options.validation, "the validation data");
  if (model.trainableWeights.length === 0) {
    throw new LabError(
      "NOTHING_TO_TRAIN",
      "the model has no trainable weights",
      "Set layer.trainable to true.",
    );
  }
}

function checkOptions(options: FitOptions): void {
  if (typeof options !== "object" || options === null) {
    throw wrongKind("the options object", options, 'Give at least { epochs: 5, rng: seeded("order") }.');
  }
  const { epochs, rng, batchSize = 64, earlyStop } = options;
  checkInteger(epochs, "epochs", 1);
  checkInteger(batchSize, "batchSize", 1);
  if (typeof rng?.permutation !== "function") {
    throw wrongKind("rng", rng, 'Give a seeded generator, which shuffles the examples: seeded("order").');
  }
  if (earlyStop) {
    checkInteger(earlyStop.patience, "patience", 1);
    checkNumber(earlyStop.minDelta ?? 0, "minDelta", 0, Number.MAX_VALUE);
  }
}

/** Throws a LabError unless this is a model that takes the data's inputs and gives one logit a class. */
export function checkClassifier(model: tf.LayersModel, data: Dataset, what: string): void {
  checkModel(model);
  checkDataset(data, what);
  checkInputs(model, data.inputs);
  checkInteger(data.classes, `the number of classes of ${what}`, 2);
  const shape = model.outputs[0]?.shape ?? [];
  if (shape.length !== 2 || shape[1] !== data.classes) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} has ${data.classes} classes, but the model gives [${shape.map((n) => n ?? "count").join(", ")}]`,
      "Let the first output be one logit a class.",
    );
  }
  checkGivesLogits(model);
}
