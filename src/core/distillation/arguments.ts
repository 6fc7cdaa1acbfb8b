import { checkFinite, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type Tensor } from "../tensor.js";

/** Losses are computed in float64; gradients have the precision of what they belong to. */
export type FloatArray = Float32Array | Float64Array;

/** [examples, classes], from before the softmax. */
export type Logits = Tensor<FloatArray>;

/** Throws a LabError unless there is a row of at least two finite logits for at least one example. */
export function checkLogits(logits: Logits, what: string): void {
  checkTensor(logits, what);
  const [, classes] = logits.shape;
  if (logits.shape.length !== 2 || classes === undefined) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} must have the shape [examples, classes], got [${logits.shape.join(", ")}]`,
      "Give one row of logits an example.",
    );
  }
  checkNotEmpty(logits.data, what);
  if (classes < 2) {
    throw new LabError(
      "ONE_CLASS",
      `${what} have ${classes} class`,
      "With one class each softmax is 1, and nothing can be learned: give two logits for yes and no.",
    );
  }
  checkFinite(logits.data, what);
}

/**
 * The largest temperature of a divergence: T² times a difference of logarithms, each rounded at 2^-53 of about 1.
 * Here that is 1e-8 nats; at 1e8 nothing but rounding would be left.
 */
const HOTTEST = 1e4;

export function checkTemperature(temperature: number, most = HOTTEST): void {
  if (!(temperature > 0 && temperature <= most)) {
    const bound = most === Number.MAX_VALUE ? "finite" : `at most ${most}`;
    throw new LabError(
      "BAD_TEMPERATURE",
      `temperature must be positive and ${bound}, got ${temperature}`,
      "Use 1 for the plain softmax, and 2 to 10 to soften a teacher.",
    );
  }
}

/** Throws a LabError unless there is one class from 0 on for each row of the logits. */
export function checkLabels(labels: ArrayLike<number>, [examples, classes]: readonly number[]): void {
  if (labels.length !== examples) {
    throw new LabError(
      "BAD_LENGTH",
      `there are ${examples} rows of logits and ${labels.length} labels`,
      "Give one label a row.",
    );
  }
  const wrong = Array.from(labels).findIndex(
    (label) => !(Number.isInteger(label) && label >= 0 && label < classes!),
  );
  if (wrong !== -1) {
    throw new LabError(
      "BAD_LABEL",
      `label ${wrong} is ${labels[wrong]}`,
      `Labels are integers from 0 to ${classes! - 1}.`,
    );
  }
}

/** Finite arguments can have a result that no number holds. */
export function checkNoOverflow(result: number, what: string): void {
  if (!Number.isFinite(result)) {
    throw new LabError("OVERFLOW", `${what} is ${result}`, "Scale the arguments down.");
  }
}

/** A tensor of `x`'s shape and precision. */
export function like<Data extends FloatArray>(x: Tensor<Data>, values: Float64Array): Tensor<Data> {
  // By its name: an array of another realm, such as a notebook's, is of another class.
  const isSingle = x.data[Symbol.toStringTag] === "Float32Array";
  const data: FloatArray = isSingle ? Float32Array.from(values) : values;
  return { shape: [...x.shape], data: data as Data };
}
