import type { NumberArray } from "../../tensor.js";
import { countNonzero } from "../mask.js";

/** Zeros in an array of the same type. */
export function zerosLike<Data extends NumberArray>(data: Data, length: number): Data {
  return new (data.constructor as new (length: number) => Data)(length);
}

/** The elements that are not 0, in their order. */
export function nonzeroOf<Data extends NumberArray>(data: Data): Data {
  const values = zerosLike(data, countNonzero(data));
  let next = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) values[next++] = data[i]!;
  return values;
}
