import * as tf from "@tensorflow/tfjs";
import { describeKind } from "../arguments.js";
import { type Dataset, pick } from "../data/index.js";
import { LabError } from "../errors.js";
import { softmaxCrossEntropy } from "./loss.js";
import type { Optimizer } from "./optimizer.js";
import type { Batch, Loss } from "./options.js";
import { countCorrect } from "./predict.js";

/** What every step of a run works with. */
export interface Training {
  readonly model: tf.LayersModel;
  readonly data: Dataset;
  readonly loss: Loss | undefined;
  readonly optimizer: Optimizer;
  /** Puts back to 0 what is to stay there. */
  readonly keepZeros: () => void;
}

/** The loss, and how many answers were right. A type rather than an interface: `tidy` takes no other. */
export type StepReport = { loss: number; correct: number };

/**
 * One step: w ← optimizer(w, ∂L/∂w) for one batch. If it fails, all weights are as before, the moving averages
 * of batch normalizations too.
 */
export function trainStep(training: Training, places: Int32Array, when: string): StepReport {
  return tf.tidy(() => {
    const weights = training.model.weights.map((weight) => weight.read() as tf.Variable);
    // A clone shares the numbers until a variable is assigned new ones: nothing is copied.
    const before = weights.map((weight) => weight.clone());
    try {
      const report = changeWeights(training, places, when);
      if (!allFinite(weights)) throw diverged("there is NaN or infinity among the weights after", when);
      return report;
    } catch (error) {
      weights.forEach((weight, i) => {
        weight.assign(before[i]!);
      });
      throw error;
    }
  });
}

function changeWeights(training: Training, places: Int32Array, when: string): StepReport {
  const { model, data, optimizer } = training;
  const { inputs, labels, classes } = pick(data, places);
  const x = tf.tensor(inputs.data, [...inputs.shape]);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat() as tf.Tensor2D;
  let logits: Float32Array = new Float32Array();
  const forward = (): tf.Scalar => {
    const made = model.apply(x, { training: true }) as tf.Tensor | tf.Tensor[];
    const outputs = Array.isArray(made) ? made : [made];
    const batch: Batch = { logits: outputs[0] as tf.Tensor2D, outputs, labels: y, inputs: x, places };
    logits = batch.logits.dataSync<"float32">();
    return checkScalar((training.loss ?? softmaxCrossEntropy)(batch));
  };
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { value, grads } = gradientsOf(forward, variables);
  const loss = value.dataSync()[0]!;
  if (!Number.isFinite(loss)) throw diverged(`the loss became ${loss} in`, when);
  optimizer.apply(variables, grads);
  training.keepZeros();
  return { loss, correct: countCorrect(logits, labels) };
}

/** ∂L/∂w. What fails on the way leaves no tensors behind: tfjs keeps those that it saved for the gradients. */
function gradientsOf(forward: () => tf.Scalar, variables: tf.Variable[]) {
  try {
    return tf.variableGrads(forward, variables);
  } catch (error) {
    for (const { saved } of tf.engine().state.activeTape ?? []) tf.dispose(saved ?? []);
    throw explained(error);
  }
}

/** What tfjs refuses, in words about the model and the loss. Other errors as they are. */
function explained(error: unknown): unknown {
  const { message } = error as { message?: unknown };
  if (/Cannot find a connection between any variable/.test(String(message))) {
    return new LabError(
      "BAD_LOSS",
      "the loss does not depend on any trainable weight",
      "Compute it from the batch's logits or outputs, with tfjs operations only.",
      { cause: error },
    );
  }
  if (/dilation rates greater than 1/.test(String(message))) {
    return new LabError(
      "NO_GRADIENT",
      "the model has a convolution with a dilation above 1, for which tfjs has no gradient",
      "Use dilationRate 1, or freeze that layer and all before it: layer.trainable = false.",
      { cause: error },
    );
  }
  return error;
}

function checkScalar(loss: tf.Scalar): tf.Scalar {
  if (loss instanceof tf.Tensor && loss.rank === 0) return loss;
  throw new LabError(
    "BAD_LOSS",
    `the loss must be a scalar, got ${loss instanceof tf.Tensor ? `the shape [${loss.shape}]` : describeKind(loss)}`,
    "Return the mean over the batch, a tensor of tfjs and no promise of one.",
  );
}

/**
 * Whether all weights are finite: 0·w is NaN for the others. The loss alone does not tell: the ReLUs of a
 * convolution or dense layer on wasm make 0 of NaN, and the last step has no loss after it.
 */
function allFinite(weights: readonly tf.Variable[]): boolean {
  return tf.addN(weights.map((weight) => weight.mul(0).sum())).dataSync()[0] === 0;
}

function diverged(what: string, when: string): LabError {
  return new LabError(
    "DIVERGED",
    `${what} ${when}`,
    "Lower the learning rate; if it happens in the first step, look at the loss and at the inputs' range.",
  );
}
