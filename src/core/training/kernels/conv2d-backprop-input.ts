import * as tf from "@tensorflow/tfjs";
import { convolve, marginsOfInput, spread } from "./padding.js";
import { replaceByOperations, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  readonly inputShape: [number, number, number, number];
}

/**
 * ∂L/∂X[n, y, x, c] = Σᵢ Σⱼ Σₒ ∂L/∂Y[n, (y + p - i)/s, (x + p - j)/s, o] · W[i, j, c, o], where s divides
 *
 * which is a convolution of the output's gradient, spread by the stride, with the flipped filter. tfjs has this
 * kernel for wasm, as a plain loop; a convolution by XNNPACK takes a fraction of its time.
 *
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4
 */
export function installConv2DBackpropInput(): void {
  replaceByOperations<"dy" | "filter", Attributes>("Conv2DBackpropInput", ({ dy, filter }, attributes) => {
    const { strides, pad, dimRoundingMode, inputShape } = attributes;
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return convolve(spread(dy, info.strideHeight, info.strideWidth), flipped, marginsOfInput(info));
  });
}
