import type { Tensor } from "../../tensor.js";
import { checkBytes, checkSums, checkZeroPoint, perChannel, reach, typeOf } from "./arguments.js";
import { type ConvOptions, checkChannels } from "./conv2d.js";
import { type Slide, slides, visitWindow } from "./geometry.js";
import type { ByteTensor } from "./network.js";

/**
 * The exact depthwise convolution of codes in int32: input [n, h, w, c], weights [kh, kw, c, multiplier], result
 * [n, h', w', c · multiplier]. Output channel `c · multiplier + m` sees input channel c alone. `weightZeros` is
 * one number, or one an output channel.
 *
 * @throws LabError for shapes that don't fit, a kernel larger than a 'valid' input, and sums that can leave int32.
 * @see Howard et al., "MobileNets" (2017), section 3.1
 *
 * @example
 * ```ts
 * const x = { shape: [1, 1, 2, 2], data: Int8Array.of(1, 10, 2, 20) };
 * const w = { shape: [1, 2, 2, 1], data: Int8Array.of(1, 1, 1, -1) };
 * depthwiseConv2dInt8(x, w, { strides: [1, 1], padding: "valid" }).data; // Int32Array [3, -10]
 * ```
 */
export function depthwiseConv2dInt8(
  input: ByteTensor,
  weights: ByteTensor,
  options: ConvOptions,
): Tensor<Int32Array> {
  checkBytes(input, 4, "the input");
  checkBytes(weights, 4, "the kernel");
  const [kernelHeight = 0, kernelWidth = 0, channels = 0, multiplier = 0] = weights.shape;
  checkChannels(input, channels);
  const { inputZero = 0, weightZeros = 0 } = options;
  checkZeroPoint(inputZero, typeOf(input.data), "the zero point of the input");
  const given = typeof weightZeros === "number" ? [weightZeros] : weightZeros;
  const zeros = perChannel(given, channels * multiplier, "zero points of the kernel");
  for (const zero of zeros) checkZeroPoint(zero, typeOf(weights.data), "a zero point of the kernel");
  checkSums(kernelHeight * kernelWidth, reach(input, [inputZero]), reach(weights, zeros));
  const [rows, columns] = slides(input.shape, [kernelHeight, kernelWidth], options);
  const wide = Int32Array.from(weights.data, (code, i) => code - zeros[i % zeros.length]!);
  return {
    shape: [input.shape[0]!, rows.outputs, columns.outputs, channels * multiplier],
    data: sums(input, wide, rows, columns, inputZero),
  };
}

/** Padding stands for 0, so the taps that fall on it are left out. */
function sums(input: ByteTensor, weights: Int32Array, rows: Slide, columns: Slide, zero: number): Int32Array {
  const { shape, data } = input;
  const [images = 0, , , channels = 0] = shape;
  const filters = weights.length / (rows.kernel * columns.kernel);
  const multiplier = filters / channels;
  const out = new Int32Array(images * rows.outputs * columns.outputs * filters);
  for (let to = 0; to < out.length; to += filters) {
    visitWindow(rows, columns, to / filters, (pixel, tap) => {
      for (let filter = 0; filter < filters; filter++) {
        const x = data[pixel * channels + Math.floor(filter / multiplier)]! - zero;
        out[to + filter]! += x * weights[tap * filters + filter]!;
      }
    });
  }
  return out;
}
