import { checkAllocatable, checkFinite, checkSameLength, describeKind, wrongKind } from "./arguments.js";
import { LabError } from "./errors.js";
import type { Rng } from "./random.js";

/** What a tensor's elements can lie in. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array;

/** Numbers and the shape they have. The last axis varies fastest (row-major). Plain data: nothing is hidden. */
export interface Tensor<Data extends NumberArray = Float32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/**
 * A tensor of the given shape. The data are kept, not copied; a plain array becomes float32.
 *
 * @throws LabError where the shape does not hold as many numbers as there are.
 *
 * @example
 * ```ts
 * tensor([2, 2], [1, 2, 3, 4]); // { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }
 * ```
 */
export function tensor(shape: readonly number[], data: readonly number[]): Tensor;
export function tensor<Data extends NumberArray>(shape: readonly number[], data: Data): Tensor<Data>;
export function tensor(shape: readonly number[], data: NumberArray | readonly number[]): Tensor<NumberArray> {
  const made = { shape: [...shape], data: ArrayBuffer.isView(data) ? data : fromNumbers(data) };
  checkTensor(made, "the tensor");
  return made;
}

function fromNumbers(data: readonly number[]): Float32Array {
  const other = data.findIndex((value) => typeof value !== "number");
  if (other >= 0) {
    throw new LabError(
      "NOT_A_NUMBER",
      `the data hold ${describeKind(data[other])} at index ${other}`,
      "Give one flat list of numbers, the last axis fastest, such as rows.flat().",
    );
  }
  return Float32Array.from(data);
}

/**
 * How many elements a shape holds; 1 for a scalar's empty shape.
 *
 * @throws LabError for a length that is not an integer of 0 or more.
 *
 * @example
 * ```ts
 * sizeOf([28, 28, 3]); // 2352
 * ```
 */
export function sizeOf(shape: readonly number[]): number {
  // A copy: `every` would pass over the holes of `new Array(2)`.
  if (![...shape].every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new LabError(
      "BAD_SHAPE",
      `[${shape.join(", ")}] is no shape`,
      "A shape is a list of integers of 0 or more.",
    );
  }
  return shape.reduce((product, n) => product * n, 1);
}

/** Throws a LabError unless shape and data fit each other. */
export function checkTensor(x: Tensor<NumberArray>, what: string): void {
  if (!Array.isArray(x?.shape) || !ArrayBuffer.isView(x.data)) {
    throw wrongKind(what, x, "Give { shape, data } with a typed array; toTensor makes it of a tfjs tensor.");
  }
  if (sizeOf(x.shape) !== x.data.length) {
    throw new LabError(
      "BAD_SHAPE",
      `shape [${x.shape.join(", ")}] of ${what} holds ${sizeOf(x.shape)} elements, but there are ${x.data.length}`,
      "Give the shape that the data have.",
    );
  }
}

/** Throws a LabError unless two tensors have one shape. */
export function checkSameShape(a: Tensor<NumberArray>, b: Tensor<NumberArray>, what: string): void {
  if (a.shape.join() !== b.shape.join()) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} must have the same shape, got [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`,
      "Pass two tensors of the same layer.",
    );
  }
  checkSameLength(a.data, b.data, what);
}

/**
 * A tensor drawn evenly from [low, high]: rounding to float32 can reach the upper end.
 *
 * @throws LabError for an empty range, for more than 2^28 elements, and for numbers beyond float32.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * uniformTensor(seeded("a"), [2, 3], -1, 1).shape; // [2, 3]
 * ```
 */
export function uniformTensor(rng: Rng, shape: readonly number[], low: number, high: number): Tensor {
  return fill(shape, () => rng.uniform(low, high));
}

/**
 * A tensor drawn from the normal distribution.
 *
 * @throws LabError for a deviation that is negative or not finite, for more than 2^28 elements, and for numbers
 *   beyond float32.
 *
 * @example
 * ```ts
 * import { seeded } from "edgelab/core";
 * normalTensor(seeded("a"), [4], 0, 0.5).data.length; // 4
 * ```
 */
export function normalTensor(rng: Rng, shape: readonly number[], mean = 0, deviation = 1): Tensor {
  return fill(shape, () => rng.normal(mean, deviation));
}

function fill(shape: readonly number[], draw: () => number): Tensor {
  checkAllocatable(sizeOf(shape), `a tensor of shape [${shape.join(", ")}]`);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  checkFinite(data, "the numbers drawn, as float32");
  return { shape: [...shape], data };
}
