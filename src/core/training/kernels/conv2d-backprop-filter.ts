import * as tf from "@tensorflow/tfjs";
import { convolve } from "./padding.js";
import { replaceByOperations, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  readonly filterShape: [number, number, number, number];
}

/**
 * ∂L/∂W[i, j, c, o] = Σₙ Σᵧ Σₓ X[n, y·s + i - p, x·s + j - p, c] · ∂L/∂Y[n, y, x, o]
 *
 * which is a convolution itself: channels take the place of the batch and the batch that of the channels, the
 * output's gradient is the filter, and the stride becomes its dilation. XNNPACK is good at those.
 */
export function installConv2DBackpropFilter(): void {
  replaceByOperations<"x" | "dy", Attributes>("Conv2DBackpropFilter", ({ x, dy }, attributes) => {
    const { strides, pad, dimRoundingMode, filterShape } = attributes;
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const { strideHeight, strideWidth, padInfo } = info;
    const { top, left } = padInfo;
    // Rows and columns that the strides never reach are cut off.
    const bottom = (info.outHeight - 1) * strideHeight + info.filterHeight - info.inHeight - top;
    const right = (info.outWidth - 1) * strideWidth + info.filterWidth - info.inWidth - left;
    const gradient = convolve(
      tf.transpose(x, [3, 1, 2, 0]),
      tf.transpose(dy, [1, 2, 0, 3]),
      { top, bottom, left, right },
      [strideHeight, strideWidth],
    );
    return tf.transpose(gradient, [1, 2, 0, 3]);
  });
}
