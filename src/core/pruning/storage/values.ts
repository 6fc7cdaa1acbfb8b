import { checkAllocatable, wrongKind } from "../../arguments.js";
import type { NumberArray } from "../../tensor.js";
import { countNonzero } from "../mask.js";

/** Zeros in an array of the same type. How many can come from a shape that nothing else has checked. */
export function zerosLike<Data extends NumberArray>(data: Data, length: number): Data {
  if (!ArrayBuffer.isView(data)) throw wrongKind("the values", data, "Give a typed array.");
  checkAllocatable(length, "the array");
  return new (data.constructor as new (length: number) => Data)(length);
}

/** The elements that are not 0, in their order. */
export function nonzeroOf<Data extends NumberArray>(data: Data): Data {
  const values = zerosLike(data, countNonzero(data));
  let next = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) values[next++] = data[i]!;
  return values;
}
