import { checkFinite, checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { roundHalfToEven } from "../round.js";

/** Codes, and what they stand for: `x̂ = scale · (code - zeroPoint)`. */
export interface DynamicCodes {
  readonly codes: Tensor<Uint8Array>;
  readonly scale: number;
  readonly zeroPoint: number;
}

const f32 = Math.fround;

/**
 * uint8 codes of a tensor by its own range, in float32, as ONNX's DynamicQuantizeLinear:
 *
 *     S = (max(x, 0) - min(x, 0)) / 255
 *     Z = round(-min(x, 0) / S)
 *     q = clamp(round(x / S) + Z, 0, 255)
 *
 * A tensor that is all zero, or so small that S is 0 in float32, gets scale 1.
 *
 * @throws LabError for an empty tensor, NaN, an infinity, and a range that float32 cannot hold.
 * @see ONNX, "DynamicQuantizeLinear", https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const { codes, scale, zeroPoint } = dynamicQuantizeLinear(tensor([3], [-1, 0, 1.55]));
 * codes.data; // Uint8Array [0, 100, 255]
 * ```
 */
export function dynamicQuantizeLinear(x: Tensor): DynamicCodes {
  checkTensor(x, "x");
  checkNotEmpty(x.data, "x");
  checkFinite(x.data, "x");
  let [min, max] = [0, 0];
  for (const value of x.data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const scale = f32(f32(max - min) / 255) || 1;
  if (!Number.isFinite(scale)) {
    throw new LabError(
      "BAD_RANGE",
      `x reaches from ${min} to ${max}`,
      "Float32 holds no such width: scale x down.",
    );
  }
  const zeroPoint = Math.min(Math.max(roundHalfToEven(f32(-min / scale)), 0), 255);
  const data = new Uint8Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(Math.max(roundHalfToEven(f32(x.data[i]! / scale)) + zeroPoint, 0), 255);
  }
  return { codes: { shape: [...x.shape], data }, scale, zeroPoint };
}
