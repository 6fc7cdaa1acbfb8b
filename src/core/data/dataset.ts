import { checkInteger, wrongKind } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";

/** Examples and the class of each. Images are [count, height, width, channels], from 0 to 1. */
export interface Dataset {
  readonly inputs: Tensor;
  /** One class an example, from 0 to classes - 1. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * Checks a data set: one label of a known class for each example.
 *
 * @throws LabError unless that holds.
 *
 * @example
 * ```ts
 * const inputs = { shape: [1, 2], data: Float32Array.of(5, 6) };
 * checkDataset({ inputs, labels: Int32Array.of(3), classes: 2 }); // throws "the data set has the label 3 at index 0"
 * ```
 */
export function checkDataset(dataset: Dataset, what = "the data set"): void {
  const { inputs, labels, classes } = dataset ?? {};
  if (!inputs || !labels) throw wrongKind(what, dataset, "Give { inputs, labels, classes }.");
  checkTensor(inputs, `the inputs of ${what}`);
  checkInteger(classes, "classes", 1, 65536);
  if (inputs.shape[0] !== labels.length || labels.length === 0) {
    throw new LabError(
      "BAD_DATASET",
      `${what} has ${inputs.shape[0] ?? 0} inputs and ${labels.length} labels`,
      "Give at least one example, and one label each.",
    );
  }
  // A loop: `find` would pass over holes, and NaN compares with nothing.
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const nextStep = `Labels are integers from 0 to ${classes - 1}.`;
    throw new LabError("BAD_LABEL", `${what} has the label ${label} at index ${i}`, nextStep);
  }
}

/**
 * The examples at the given places, copied, in that order.
 *
 * @throws LabError for a place where there is no example, and for what is no data set.
 *
 * @example
 * ```ts
 * const all = { inputs: { shape: [3, 1], data: Float32Array.of(5, 6, 7) }, labels: Int32Array.of(0, 1, 0), classes: 2 };
 * pick(all, [2, 0]).inputs.data; // Float32Array [7, 5]
 * ```
 */
export function pick(dataset: Dataset, places: ArrayLike<number>): Dataset {
  checkDataset(dataset);
  const { inputs, labels, classes } = dataset;
  const size = inputs.data.length / labels.length;
  const picked = {
    inputs: {
      shape: [places.length, ...inputs.shape.slice(1)],
      data: new Float32Array(places.length * size),
    },
    labels: new Int32Array(places.length),
    classes,
  };
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    checkInteger(place, `place ${i}`, 0, labels.length - 1);
    picked.inputs.data.set(inputs.data.subarray(place * size, (place + 1) * size), i * size);
    picked.labels[i] = labels[place]!;
  }
  return picked;
}
