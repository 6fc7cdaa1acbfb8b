import { checkBytes, checkZeroPoint, typeOf } from "./arguments.js";
import type { ByteTensor } from "./network.js";

/**
 * ReLU on codes: no code lies below the zero point, which stands for 0. Scale and zero point stay.
 *
 * @throws LabError for a zero point that is no code, and for other element types.
 *
 * @example
 * ```ts
 * reluInt8({ shape: [3], data: Int8Array.of(-128, -20, 5) }, -20).data; // Int8Array [-20, -20, 5]
 * ```
 */
export function reluInt8(input: ByteTensor, zeroPoint: number): ByteTensor {
  checkBytes(input, input.shape.length, "the input");
  checkZeroPoint(zeroPoint, typeOf(input.data), "the zero point");
  return { shape: [...input.shape], data: input.data.map((code) => Math.max(code, zeroPoint)) };
}
