import * as tf from "@tensorflow/tfjs";

/** Rows above and below, columns left and right; negative where rows or columns go away. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A convolution with stride 1 over an input with margins, [n, h, w, c] by [h', w', c, o]. */
export function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  margins: Margins,
  dilations: [number, number] = [1, 1],
): tf.Tensor4D {
  const [inside, pad] = framed(x, margins);
  return tf.conv2d(inside, filter, 1, pad, "NHWC", dilations);
}

/** The same with a filter [h', w', c, 1] for each channel by itself. */
export function convolveDepthwise(x: tf.Tensor4D, filter: tf.Tensor4D, margins: Margins): tf.Tensor4D {
  const [inside, pad] = framed(x, margins);
  // tfjs' types know fewer paddings than its operation takes.
  return tf.depthwiseConv2d(inside, filter, 1, pad as unknown as "same");
}

/**
 * An input, and the padding that the operation adds without a copy. Where rows or columns go away, the padding
 * comes first: they may be all that there is of the input.
 */
function framed(
  x: tf.Tensor4D,
  { top, bottom, left, right }: Margins,
): [tf.Tensor4D, tf.backend_util.ExplicitPadding] {
  const pad = paddingOf([top, bottom], [left, right]);
  if (Math.min(top, bottom, left, right) >= 0) return [x, pad];
  const gone = (margin: number): number => Math.max(0, -margin);
  const [n, h, w, c] = x.shape;
  const size: [number, number, number, number] = [n, h + top + bottom, w + left + right, c];
  return [tf.slice(tf.pad(x, pad), [0, gone(top), gone(left), 0], size), paddingOf([0, 0], [0, 0])];
}

function paddingOf(
  [top, bottom]: [number, number],
  [left, right]: [number, number],
): tf.backend_util.ExplicitPadding {
  const added = (margin: number): number => Math.max(0, margin);
  return [
    [0, 0],
    [added(top), added(bottom)],
    [added(left), added(right)],
    [0, 0],
  ];
}

/** Zeros between the rows and columns, so that a stride becomes 1: [n, h, w, c] → [n, (h - 1) s + 1, …, c]. */
export function spread(y: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return y;
  const [n, h, w, c] = y.shape;
  const apart = tf.pad(y.reshape([n, h, 1, w, 1, c]), [
    [0, 0],
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const whole = apart.reshape<tf.Tensor4D>([n, h * strideHeight, w * strideWidth, c]);
  return tf.slice(whole, [0, 0, 0, 0], [n, (h - 1) * strideHeight + 1, (w - 1) * strideWidth + 1, c]);
}

/**
 * What surrounds the spread gradient of an output so that the flipped kernel, moved over it, gives the gradient
 * of each input: kernel - 1 rows, less what the forward pass padded; below, what the rows of the input need.
 */
export function marginsOfInput(info: tf.backend_util.Conv2DInfo): Margins {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, outHeight, outWidth } = info;
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const bottom = info.inHeight - ((outHeight - 1) * strideHeight + 1 + top - (filterHeight - 1));
  const right = info.inWidth - ((outWidth - 1) * strideWidth + 1 + left - (filterWidth - 1));
  return { top, bottom, left, right };
}
