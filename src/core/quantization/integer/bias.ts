import { checkFinite, checkNotEmpty } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { checkScale } from "../arguments.js";
import { roundHalfToEven } from "../round.js";
import { perChannel } from "./arguments.js";
import type { AccumulatorScales } from "./requantize.js";

/**
 * A bias in the units of the accumulator: round(b / (inputScale · weightScale)), half to even, with zero point 0.
 * The error is at most half of inputScale · weightScale, far below one step of the output.
 *
 * @throws LabError for an empty bias, NaN and infinities, and for a quotient beyond int32.
 * @see Jacob et al. (2018), section 2.4, equation 11
 *
 * @example
 * ```ts
 * const bias = { shape: [2], data: Float32Array.of(1, -0.5) };
 * quantizeBias(bias, { inputScale: 0.5, weightScales: [0.25, 0.125] }).data; // Int32Array [8, -8]
 * ```
 */
export function quantizeBias(
  bias: Tensor,
  { inputScale, weightScales }: AccumulatorScales,
): Tensor<Int32Array> {
  checkTensor(bias, "the bias");
  checkNotEmpty(bias.data, "the bias");
  checkFinite(bias.data, "the bias");
  checkScale(inputScale, "the scale of the input");
  const scales = perChannel(weightScales, bias.data.length, "scales of the weights");
  for (const scale of scales) checkScale(scale, "a scale of the weights");
  const data = Int32Array.from(bias.data, (b, i) =>
    inInt32(roundHalfToEven(b / (inputScale * scales[i]!)), i),
  );
  return { shape: [...bias.shape], data };
}

function inInt32(code: number, channel: number): number {
  // Written so that NaN and infinities, from a product of scales that underflows, are refused too.
  if (!(Math.abs(code) <= 2 ** 31 - 1)) {
    throw new LabError(
      "OVERFLOW",
      `the bias of channel ${channel} has the code ${code}, beyond int32`,
      "The weights' scale is far too small for it: give the channel a larger one.",
    );
  }
  return code;
}

/** Accumulators plus a bias for each of their last axis' channels. */
export function addBias(acc: Tensor<Int32Array>, bias: Int32Array): Tensor<Int32Array> {
  const channels = acc.shape.at(-1);
  if (bias.length !== channels) {
    throw new LabError(
      "BAD_LENGTH",
      `there are ${bias.length} biases for ${channels} output channels`,
      "Give one for each, 0 where there is none.",
    );
  }
  const data = new Int32Array(acc.data.length);
  for (let row = 0; row < data.length; row += bias.length) {
    for (let c = 0; c < bias.length; c++) {
      const sum = acc.data[row + c]! + bias[c]!;
      data[row + c] = sum;
      if (data[row + c] !== sum) throw beyondInt32(row + c, sum);
    }
  }
  return { shape: [...acc.shape], data };
}

function beyondInt32(index: number, sum: number): LabError {
  return new LabError(
    "OVERFLOW",
    `accumulator ${index} and its bias sum to ${sum}, beyond int32`,
    "Quantize the bias with the scales of this layer.",
  );
}
