import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { byteArray, checkBytes, checkZeroPoint, typeOf } from "./arguments.js";
import { type Slide, slides, visitWindow } from "./geometry.js";
import { matmulInt8 } from "./matmul.js";
import type { ByteTensor, Window } from "./network.js";

export interface ConvOptions extends Window {
  /** The zero point of the input, which is also what 'same' pads with; 0 if left out. */
  readonly inputZero?: number;
  /** The zero point of the weights, or one an output channel; 0 if left out. */
  readonly weightZeros?: number | ArrayLike<number>;
}

/**
 * The exact convolution of codes in int32: input [n, h, w, in], weights [kh, kw, in, out], result [n, h', w', out].
 * Each output is Σ (x - z_x) (w - z_w) over its window. Padding holds the zero point, which stands for 0, so it
 * adds nothing.
 *
 * It is computed as a matrix product: one row a window, one column an output channel.
 *
 * @throws LabError for shapes that don't fit, a kernel larger than a 'valid' input, and sums that can leave int32.
 * @see Jacob et al. (2018), section 2.3
 *
 * @example
 * ```ts
 * const x = { shape: [1, 2, 2, 1], data: Uint8Array.of(128, 129, 130, 131) };
 * const w = { shape: [2, 2, 1, 1], data: Int8Array.of(1, 1, 1, 1) };
 * conv2dInt8(x, w, { strides: [1, 1], padding: "valid", inputZero: 128 }).data; // Int32Array [6]
 * ```
 */
export function conv2dInt8(input: ByteTensor, weights: ByteTensor, options: ConvOptions): Tensor<Int32Array> {
  checkBytes(input, 4, "the input");
  checkBytes(weights, 4, "the kernel");
  const [kernelHeight = 0, kernelWidth = 0, channels = 0, filters = 0] = weights.shape;
  checkChannels(input, channels);
  const { inputZero = 0, weightZeros = 0 } = options;
  checkZeroPoint(inputZero, typeOf(input.data), "the zero point of the input");
  const [rows, columns] = slides(input.shape, [kernelHeight, kernelWidth], options);
  const kernel = { shape: [kernelHeight * kernelWidth * channels, filters], data: weights.data };
  const windows = patches(input, rows, columns, inputZero);
  const { data } = matmulInt8(windows, kernel, { aZero: inputZero, bZeros: weightZeros });
  return { shape: [input.shape[0]!, rows.outputs, columns.outputs, filters], data };
}

export function checkChannels(input: ByteTensor, channels: number): void {
  if (input.shape.at(-1) !== channels) {
    throw new LabError(
      "BAD_SHAPE",
      `the input has ${input.shape.at(-1)} channels, the kernel ${channels}`,
      "The third axis of the kernel counts the input's channels.",
    );
  }
}

/** The windows of an image as the rows of a matrix [n · h' · w', kh · kw · channels] ("im2col"). */
function patches(input: ByteTensor, rows: Slide, columns: Slide, padding: number): ByteTensor {
  const [images = 0, , , channels = 0] = input.shape;
  const count = images * rows.outputs * columns.outputs;
  const length = rows.kernel * columns.kernel * channels;
  const { data: from } = input;
  const data = byteArray(typeOf(from), count * length).fill(padding);
  for (let row = 0; row < count; row++) {
    visitWindow(rows, columns, row, (pixel, tap) => {
      const to = row * length + tap * channels;
      for (let c = 0; c < channels; c++) data[to + c] = from[pixel * channels + c]!;
    });
  }
  return { shape: [count, length], data };
}
