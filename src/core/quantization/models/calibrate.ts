import * as tf from "@tensorflow/tfjs";
import { checkInteger } from "../../arguments.js";
import type { Dataset } from "../../data/index.js";
import { fromLayerGraph, type LayerGraph } from "../../model/index.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { checkInputs } from "../../training/predict.js";
import { type ObserverOptions, observe, observer, rangesOf } from "../observers/index.js";
import type { ValueRange } from "../scheme.js";
import { activationRules } from "./activation-rules.js";
import { fromTf } from "./straight-through.js";

/** Inputs that show which values activations take; of a data set, the inputs count. */
export type Calibration = Tensor | Dataset;

export interface CalibrationOptions {
  readonly observer: ObserverOptions;
  readonly batchSize: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export function inputsOf(calibration: Calibration, what = "the calibration"): Tensor {
  const inputs = calibration && "inputs" in calibration ? calibration.inputs : calibration;
  checkTensor(inputs, what);
  return inputs;
}

/** The range of every output that gets parameters of its own, by the layer's name. */
export async function calibrate(
  graph: LayerGraph,
  calibration: Calibration,
  options: CalibrationOptions,
): Promise<ReadonlyMap<string, ValueRange>> {
  const inputs = inputsOf(calibration);
  checkInteger(options.batchSize, "batchSize", 1);
  await chooseBackend();
  const rules = activationRules(graph);
  const names = graph.nodes.map(({ name }) => name).filter((name) => rules.get(name) === "own");
  let observers = names.map(() => observer(options.observer));
  const model = fromLayerGraph({ ...graph, outputs: names });
  try {
    checkInputs(model, inputs);
    for (const batch of batches(inputs, options.batchSize)) {
      const outputs = runAll(model, batch);
      observers = observers.map((state, i) => observe(state, outputs[i]!));
      options.onProgress?.({
        done: observers[0]!.batches,
        total: Math.ceil(inputs.shape[0]! / options.batchSize),
      });
      await tf.nextFrame();
    }
  } finally {
    model.dispose();
  }
  return new Map(names.map((name, i) => [name, rangesOf(observers[i]!)[0]!]));
}

function* batches({ shape, data }: Tensor, batchSize: number): Generator<Tensor> {
  const count = shape[0]!;
  const size = data.length / count;
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count);
    yield { shape: [last - first, ...shape.slice(1)], data: data.subarray(first * size, last * size) };
  }
}

/** All outputs of a model for inputs that `checkInputs` has seen: tfjs itself does not look at their shape. */
export function runAll(model: tf.LayersModel, { shape, data }: Tensor): Tensor[] {
  let outputs: Tensor[] = [];
  tf.tidy(() => {
    const made = model.apply(tf.tensor(data, [...shape]), { training: false }) as tf.Tensor | tf.Tensor[];
    outputs = (Array.isArray(made) ? made : [made]).map(fromTf);
  });
  return outputs;
}
