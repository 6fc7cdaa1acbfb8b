import { byteArray, checkBytes, typeOf } from "./arguments.js";
import { slides, visitWindow } from "./geometry.js";
import type { ByteTensor, Window } from "./network.js";

export interface PoolOptions extends Window {
  readonly size: readonly [number, number];
}

/**
 * The largest code in each window of [n, h, w, c]. A larger code stands for a larger number, so scale and zero point
 * stay. Padding never wins: it is left out.
 *
 * @throws LabError for another shape, other element types, and a window larger than a 'valid' input.
 * @see TensorFlow Lite's reference/integer_ops/pooling.h; ONNX operator MaxPool
 *
 * @example
 * ```ts
 * const x = { shape: [1, 2, 2, 1], data: Int8Array.of(-5, -3, -128, -4) };
 * maxPoolInt8(x, { size: [2, 2], strides: [2, 2], padding: "valid" }).data; // Int8Array [-3]
 * ```
 */
export function maxPoolInt8(input: ByteTensor, options: PoolOptions): ByteTensor {
  return pool(input, options, { start: -128, combine: Math.max, finish: (largest) => largest });
}

/**
 * The mean code in each window of [n, h, w, c]; scale and zero point stay. Padding is left out of sum and count.
 * A tie goes away from zero, the code's own zero: -2.5 becomes -3 for int8, wherever the zero point lies.
 *
 * @throws LabError for another shape, other element types, and a window larger than a 'valid' input.
 * @see TensorFlow Lite's reference/integer_ops/pooling.h
 *
 * @example
 * ```ts
 * const x = { shape: [1, 1, 2, 2], data: Int8Array.of(-2, 2, -3, 3) };
 * averagePoolInt8(x, { size: [1, 2], strides: [1, 2], padding: "valid" }).data; // Int8Array [-3, 3]
 * ```
 */
export function averagePoolInt8(input: ByteTensor, options: PoolOptions): ByteTensor {
  return pool(input, options, { start: 0, combine: (sum, code) => sum + code, finish: roundedMean });
}

/**
 * The mean code of each channel: [n, h, w, c] to [n, c]. Rounded as `averagePoolInt8` does.
 *
 * @throws LabError for another shape and other element types.
 *
 * @example
 * ```ts
 * globalAveragePoolInt8({ shape: [1, 1, 2, 2], data: Uint8Array.of(1, 10, 2, 20) }).data; // Uint8Array [2, 15]
 * ```
 */
export function globalAveragePoolInt8(input: ByteTensor): ByteTensor {
  checkBytes(input, 4, "the input");
  const [images = 0, height = 0, width = 0, channels = 0] = input.shape;
  const whole = { size: [height, width], strides: [1, 1], padding: "valid" } as const;
  return { shape: [images, channels], data: averagePoolInt8(input, whole).data };
}

/** How the codes of a window become one. */
interface Reduction {
  readonly start: number;
  readonly combine: (total: number, code: number) => number;
  readonly finish: (total: number, count: number) => number;
}

function pool(input: ByteTensor, options: PoolOptions, { start, combine, finish }: Reduction): ByteTensor {
  checkBytes(input, 4, "the input");
  const [rows, columns] = slides(input.shape, options.size, options);
  const { shape, data: from } = input;
  const [images = 0, , , channels = 0] = shape;
  const pixels = images * rows.outputs * columns.outputs;
  const data = byteArray(typeOf(from), pixels * channels);
  const totals = new Float64Array(channels);
  for (let output = 0; output < pixels; output++) {
    let count = 0;
    totals.fill(start);
    visitWindow(rows, columns, output, (pixel) => {
      count++;
      for (let c = 0; c < channels; c++) totals[c] = combine(totals[c]!, from[pixel * channels + c]!);
    });
    for (let c = 0; c < channels; c++) data[output * channels + c] = finish(totals[c]!, count);
  }
  return { shape: [images, rows.outputs, columns.outputs, channels], data };
}

/** ±⌊|sum| / count + ½⌋. */
function roundedMean(sum: number, count: number): number {
  // Whole numbers all the way: the sum of quotient and half could round up to a tie that is none.
  const size = Math.floor((2 * Math.abs(sum) + count) / (2 * count));
  return sum < 0 ? -size : size;
}
