import { checkSameLength } from "../../arguments.js";
import { checkTensor, type NumberArray, sizeOf, type Tensor } from "../../tensor.js";
import { nonzeroOf, zerosLike } from "./values.js";

/** One bit an element, and the elements that are not 0. */
export interface Bitmap<Data extends NumberArray = Float32Array> {
  readonly shape: readonly number[];
  /** Bit i % 8 of byte ⌊i / 8⌋ is 1 where element i is not 0; the lowest bit comes first. */
  readonly bits: Uint8Array;
  /** In the order of the elements. */
  readonly values: Data;
}

/**
 * A tensor as one bit an element and the values that are not 0. -0 comes back as 0; all else comes back exactly.
 *
 * @throws LabError where shape and data don't fit each other.
 *
 * @example
 * ```ts
 * const { bits, values } = encodeBitmap({ shape: [10], data: Int8Array.of(0, 7, 0, 0, 0, 0, 0, 0, 0, -3) });
 * bits; // Uint8Array [2, 2]
 * values; // Int8Array [7, -3]
 * ```
 */
export function encodeBitmap<Data extends NumberArray>(x: Tensor<Data>): Bitmap<Data> {
  checkTensor(x, "the tensor");
  const bits = new Uint8Array(Math.ceil(x.data.length / 8));
  for (let i = 0; i < x.data.length; i++) if (x.data[i] !== 0) bits[i >> 3]! |= 1 << (i & 7);
  return { shape: [...x.shape], bits, values: nonzeroOf(x.data) };
}

/**
 * The tensor that a bitmap describes.
 *
 * @throws LabError where the bits don't fit the shape or the values, and for more than 2^28 elements.
 *
 * @example
 * ```ts
 * decodeBitmap({ shape: [4], bits: Uint8Array.of(0b1010), values: Float32Array.of(5, 6) }).data; // Float32Array [0, 5, 0, 6]
 * ```
 */
export function decodeBitmap<Data extends NumberArray>({ shape, bits, values }: Bitmap<Data>): Tensor<Data> {
  const size = sizeOf(shape);
  checkSameLength(bits, { length: Math.ceil(size / 8) }, "the bits, and what the shape needs,");
  const data = zerosLike(values, size);
  let next = 0;
  for (let i = 0; i < size; i++) if ((bits[i >> 3]! >> (i & 7)) & 1) data[i] = values[next++]!;
  checkSameLength({ length: next }, values, "the bits that are set, and the values,");
  return { shape: [...shape], data };
}
