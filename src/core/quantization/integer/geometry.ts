import { checkInteger } from "../../arguments.js";
import { LabError } from "../../errors.js";
import type { Window } from "./network.js";

/** One axis of a sliding window: output position o reads the inputs from o · stride - before on. */
export interface Slide {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  /** Padding ahead of the first input. */
  readonly before: number;
  readonly outputs: number;
}

/** The two image axes of [n, h, w, c] under a kernel. */
export function slides(
  shape: readonly number[],
  [kernelHeight, kernelWidth]: readonly [number, number],
  { strides, padding }: Window,
): readonly [Slide, Slide] {
  const [, height = 0, width = 0] = shape;
  return [slide(height, kernelHeight, strides[0], padding), slide(width, kernelWidth, strides[1], padding)];
}

/**
 * TensorFlow's rule: 'valid' gives ⌈(length - kernel + 1) / stride⌉ outputs, 'same' ⌈length / stride⌉, with the
 * smaller half of the padding in front.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
function slide(length: number, kernel: number, stride: number, padding: "same" | "valid"): Slide {
  checkInteger(kernel, "a kernel's length", 1);
  checkInteger(stride, "a stride", 1);
  if (padding !== "same" && padding !== "valid") {
    throw new LabError("BAD_PADDING", `there is no padding '${padding}'`, "Use 'same' or 'valid'.");
  }
  if (padding === "same") {
    const outputs = Math.ceil(length / stride);
    const missing = Math.max((outputs - 1) * stride + kernel - length, 0);
    return { length, kernel, stride, before: Math.floor(missing / 2), outputs };
  }
  if (kernel > length) {
    throw new LabError(
      "BAD_SHAPE",
      `a kernel of ${kernel} does not fit into ${length} inputs`,
      "Use padding 'same', or a smaller kernel.",
    );
  }
  return { length, kernel, stride, before: 0, outputs: Math.ceil((length - kernel + 1) / stride) };
}

/**
 * Visits the taps of one output pixel's window, from left to right and down; those on padding are left out.
 * Pixels are counted over [n, h, w], taps over [kh, kw].
 */
export function visitWindow(
  rows: Slide,
  columns: Slide,
  output: number,
  visit: (input: number, tap: number) => void,
): void {
  const y = Math.floor(output / columns.outputs);
  const image = Math.floor(y / rows.outputs);
  const top = (y % rows.outputs) * rows.stride - rows.before;
  const left = (output % columns.outputs) * columns.stride - columns.before;
  const lastRow = Math.min(rows.kernel, rows.length - top);
  const lastColumn = Math.min(columns.kernel, columns.length - left);
  for (let ky = Math.max(0, -top); ky < lastRow; ky++) {
    const line = (image * rows.length + top + ky) * columns.length + left;
    for (let kx = Math.max(0, -left); kx < lastColumn; kx++) visit(line + kx, ky * columns.kernel + kx);
  }
}
