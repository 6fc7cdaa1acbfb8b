import { checkNotEmpty, checkNumber } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { checkScale } from "../arguments.js";
import { arrayName } from "../code-type.js";
import { roundHalfToEven } from "../round.js";
import { byteArray, checkActivation, checkRounding, perChannel } from "./arguments.js";
import { fixedPointScaler, quantizeMultiplier } from "./multiplier.js";
import type { ActivationParams, ByteTensor, Rounding } from "./network.js";

/** (2 - 2⁻²³) · 2¹²⁷ */
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

export interface AccumulatorScales {
  readonly inputScale: number;
  /** One for all, or one an output channel: the accumulator's last axis. */
  readonly weightScales: ArrayLike<number>;
}

export interface RequantizeOptions extends AccumulatorScales {
  readonly output: ActivationParams;
  /** "double" if left out: TensorFlow Lite's default build. */
  readonly rounding?: Rounding;
}

/**
 * Accumulators as codes: code = clamp(zeroPoint + round(M acc)) with M = inputScale · weightScale / outputScale.
 *
 * - "single" and "double": M as a fixed-point multiplier, see `multiplyByQuantizedMultiplier`. Integers only.
 * - "float": acc and M as float32, their product rounded to float32, then half to even, as ONNX Runtime does.
 *
 * They differ by one code at most, and seldom: `explainRequantization` says where and why.
 *
 * @throws LabError for empty accumulators, scales that are not positive and finite, a wrong number of scales, and a
 * multiplier of 2³⁰ or more.
 * @see Jacob et al. (2018), equations 4 to 6; ONNX operators QLinearMatMul and QLinearConv
 *
 * @example
 * ```ts
 * const acc = { shape: [1, 2], data: Int32Array.of(5, -1995) };
 * const output = { type: "int8", scale: 1, zeroPoint: 100, codeMin: -128, codeMax: 127 } as const;
 * const scales = { inputScale: 0.1, weightScales: [1] };
 * requantize(acc, { ...scales, output, rounding: "double" }).data; // Int8Array [101, -100]
 * requantize(acc, { ...scales, output, rounding: "single" }).data; // Int8Array [100, -99]
 * ```
 */
export function requantize(acc: Tensor<Int32Array>, options: RequantizeOptions): ByteTensor {
  const { output, rounding = "double" } = options;
  const scaled = checkRequantization(acc, options).map((scales) => scaler(scales, rounding));
  const data = byteArray(output.type, acc.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = clampCode(scaled[i % scaled.length]!(acc.data[i]!), output);
  }
  return { shape: [...acc.shape], data };
}

/** The three scales that one output channel's multiplier is made of. */
export interface ChannelScales {
  readonly input: number;
  readonly weight: number;
  readonly output: number;
}

/** Each channel's scales, once the options hold. */
export function checkRequantization(acc: Tensor<Int32Array>, options: RequantizeOptions): ChannelScales[] {
  checkTensor(acc, "the accumulators");
  checkNotEmpty(acc.data, "the accumulators");
  if (arrayName(acc.data) !== "Int32Array") {
    throw new LabError("BAD_TYPE", "the accumulators are no Int32Array", "Pass what matmulInt8 gives.");
  }
  const { inputScale, weightScales, output, rounding = "double" } = options;
  checkActivation(output, "the output");
  checkScale(inputScale, "the scale of the input");
  checkRounding(rounding);
  const scales = perChannel(weightScales, acc.shape.at(-1) ?? 1, "scales of the weights");
  for (const scale of scales) checkScale(scale, "a scale of the weights");
  return Array.from(scales, (weight) => ({ input: inputScale, weight, output: output.scale }));
}

/** M = s_in s_w / s_out, in float64. */
export function realMultiplier({ input, weight, output }: ChannelScales): number {
  return (input * weight) / output;
}

/** The same in float32, rounded after each step as ONNX Runtime computes it. */
export function floatMultiplier({ input, weight, output }: ChannelScales): number {
  const scale = Math.fround(Math.fround(input) * Math.fround(weight));
  const factor = Math.fround(scale / Math.fround(output));
  checkNumber(factor, "the multiplier in float32", 0, FLOAT32_MAX);
  return factor;
}

/** acc to round(M acc), not clamped yet. */
export function scaler(scales: ChannelScales, rounding: Rounding): (acc: number) => number {
  if (rounding === "float") {
    const factor = floatMultiplier(scales);
    return (acc) => roundHalfToEven(Math.fround(Math.fround(acc) * factor));
  }
  return fixedPointScaler(quantizeMultiplier(realMultiplier(scales)), rounding);
}

export function clampCode(scaled: number, { zeroPoint, codeMin, codeMax }: ActivationParams): number {
  return Math.max(codeMin, Math.min(codeMax, scaled + zeroPoint));
}
