import { checkNoNaN, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkBits } from "./arguments.js";
import { paramsFromRanges } from "./params.js";

/** An affine map between real numbers and unsigned codes: `x = scale · (q - zeroPoint)`. */
export interface AffineParams {
  /** The distance between neighbouring values, in the unit of the data. */
  readonly scale: number;
  /** The code that stands for 0. */
  readonly zeroPoint: number;
}

/**
 * Scale and zero point for data between `min` and `max`, convention "lecture":
 *
 *     lo = min(min, 0), hi = max(max, 0)        the range contains 0
 *     S  = (hi - lo) / (2^bits - 1)             in float64
 *     Z  = round(-lo / S)                       a tie goes to the even integer
 *
 * Data that is all zero gets scale 1 and zero point 0.
 *
 * @throws LabError for bits outside of 2 to 16, a bound that is not finite, min > max, and a range so narrow
 *   or so wide that the scale is 0 or infinite.
 * @see Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 *   Inference" (2018), equation 1 and section 3
 *
 * @example
 * ```ts
 * affineParams(-2.5, 3, 8); // { scale: 0.021568627450980392, zeroPoint: 116 }
 * ```
 */
export function affineParams(min: number, max: number, bits = 8): AffineParams {
  checkBits(bits);
  const { scales, zeroPoints } = paramsFromRanges([{ min, max }], {
    convention: "lecture",
    type: `uint${bits}`,
    symmetric: false,
    granularity: { per: "tensor" },
  });
  return { scale: scales[0]!, zeroPoint: zeroPoints[0]! };
}

/**
 * The scale of the lecture's symmetric int8 codes: `S = max|x| / 127`, in float64; 1 for data that is all
 * zero. The divisor and the range [-127, 127] are those of TensorFlow Lite's weights and of ONNX Runtime's
 * symmetric int8; PyTorch's observers divide by 127.5 instead.
 *
 * @throws LabError for no data, NaN, and an infinity.
 * @see TensorFlow Lite 8-bit quantization specification, https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec
 *
 * @example
 * ```ts
 * symmetricScale(Float32Array.of(-254, 3)); // 2
 * ```
 */
export function symmetricScale(x: Float32Array): number {
  checkNotEmpty(x, "x");
  checkNoNaN(x, "x");
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  if (largest === Number.POSITIVE_INFINITY) {
    throw new LabError("BAD_RANGE", "x holds an infinity", "Choose a finite range, or remove the value.");
  }
  return largest === 0 ? 1 : largest / 127;
}

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
  const [count = 0] = shape;
  const size = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((n) => Number.isInteger(n) && n > 0) || count === 0 || size !== weights.length) {
    throw new LabError(
      "BAD_SHAPE",
      `shape [${shape.join(", ")}] does not hold ${weights.length} weights`,
      "Give the layer's own shape, output channels first.",
    );
  }
  const length = size / count;
  return Array.from({ length: count }, (_, c) =>
    symmetricScale(weights.subarray(c * length, (c + 1) * length)),
  );
}
