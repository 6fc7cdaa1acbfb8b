import { LabError } from "../errors.js";
import { checkSameLength } from "./arguments.js";
import { dequantizeSymmetric, quantizeSymmetric, symmetricScale } from "./symmetric.js";

/**
 * One symmetric int8 scale for each output channel. Axis 0 is the output channel, as in the weights of a
 * convolution [out, in, height, width] (OIHW) and of a linear layer [out, in].
 *
 * @throws LabError for a shape that does not fit the data, and for what `symmetricScale` refuses.
 * @see Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference" (2018), section 2.1
 *
 * @example
 * ```ts
 * channelScales(Float32Array.of(127, 0, 0, -254), [2, 2]); // [1, 2]
 * ```
 */
export function channelScales(weights: Float32Array, shape: readonly number[]): number[] {
  return channels(weights, shape).map(symmetricScale);
}

/**
 * Symmetric int8 codes with one scale a channel. Equal scales make it per-tensor quantization.
 *
 * @throws LabError for a shape that does not fit, a wrong number of scales, and for what `quantizeSymmetric`
 *   refuses.
 *
 * @example
 * ```ts
 * quantizePerChannel(Float32Array.of(127, 0, 0, -254), [2, 2], [1, 2]); // Int8Array [127, 0, 0, -127]
 * ```
 */
export function quantizePerChannel(
  weights: Float32Array,
  shape: readonly number[],
  scales: readonly number[],
): Int8Array {
  const codes = new Int8Array(weights.length);
  const parts = channels(weights, shape);
  checkSameLength(parts, scales, "channels and scales");
  parts.forEach((part, channel) => {
    codes.set(quantizeSymmetric(part, scales[channel] ?? 0), channel * part.length);
  });
  return codes;
}

/**
 * The weights that codes stand for, with one scale a channel: `ŵ = S_c q`.
 *
 * @throws LabError for a shape that does not fit, and a wrong number of scales.
 *
 * @example
 * ```ts
 * dequantizePerChannel(Int8Array.of(127, 0, 0, -127), [2, 2], [1, 2]); // Float32Array [127, 0, 0, -254]
 * ```
 */
export function dequantizePerChannel(
  codes: Int8Array,
  shape: readonly number[],
  scales: readonly number[],
): Float32Array {
  const weights = new Float32Array(codes.length);
  const parts = channels(codes, shape);
  checkSameLength(parts, scales, "channels and scales");
  parts.forEach((part, channel) => {
    weights.set(dequantizeSymmetric(part, scales[channel] ?? 0), channel * part.length);
  });
  return weights;
}

/** Views of the channels, one after the other as they lie in memory. */
function channels<T extends Float32Array | Int8Array>(data: T, shape: readonly number[]): T[] {
  const [count = 0] = shape;
  const size = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((n) => Number.isInteger(n) && n > 0) || count === 0 || size !== data.length) {
    throw new LabError(
      "BAD_SHAPE",
      `shape [${shape.join(", ")}] does not hold ${data.length} weights`,
      "Give the layer's own shape, output channels first.",
    );
  }
  const length = size / count;
  return Array.from({ length: count }, (_, c) => data.subarray(c * length, (c + 1) * length) as T);
}
