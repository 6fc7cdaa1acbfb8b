import { checkFinite, checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type Tensor } from "../../tensor.js";

/** Multiply-accumulates, by what they multiply. */
export interface MacCount {
  /** Of int8 and uint8 codes. */
  readonly quantized: number;
  /** Of float32 numbers. */
  readonly float: number;
}

/** A layer ready to run. */
export interface InferenceLayer {
  run(x: Tensor): Tensor;
  /** Codes, scales and float32 numbers that the layer stores. */
  readonly storedBytes: number;
  /** What running an input of this shape multiplies; throws a LabError where no such input can run. */
  macs(shape: readonly number[]): MacCount;
}

export function addMacs(...counts: readonly MacCount[]): MacCount {
  return {
    quantized: counts.reduce((sum, { quantized }) => sum + quantized, 0),
    float: counts.reduce((sum, { float }) => sum + float, 0),
  };
}

/** Throws a LabError unless x can run through a layer. */
export function checkInput(x: Tensor, expected: readonly (number | null)[], what = "the input"): void {
  checkTensor(x, what);
  checkShape(x.shape, expected, what);
  checkNotEmpty(x.data, what);
  checkFinite(x.data, what);
}

/** Throws a LabError unless the shape is the expected one; a null fits any length. */
export function checkShape(
  shape: readonly number[],
  expected: readonly (number | null)[],
  what: string,
): void {
  const fits = shape.length === expected.length && expected.every((n, i) => n === null || n === shape[i]);
  if (fits) return;
  throw new LabError(
    "BAD_SHAPE",
    `${what} must have shape [${expected.map((n) => n ?? "any").join(", ")}], got [${shape.join(", ")}]`,
    "Check the order of the axes.",
  );
}
