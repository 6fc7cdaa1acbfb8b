import * as tf from "@tensorflow/tfjs";
import { convolveDepthwise, marginsOfInput, spread } from "./padding.js";
import { replaceByOperations, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  readonly inputShape: [number, number, number, number];
}

/**
 * ∂L/∂X[n, y, x, c] = Σₘ Σᵢ Σⱼ ∂L/∂Y[n, (y + p - i)/s, (x + p - j)/s, c·M + m] · W[i, j, c, m], where s divides
 *
 * As for a full convolution, but each output channel by itself; then the M channels that came from one are summed.
 */
export function installDepthwiseBackpropInput(): void {
  replaceByOperations<"dy" | "filter", Attributes>(
    "DepthwiseConv2dNativeBackpropInput",
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }) => {
      const info = tf.backend_util.computeConv2DInfo(
        inputShape,
        filter.shape,
        strides,
        1,
        pad,
        dimRoundingMode,
        true,
      );
      const [height, width, channels, multiplier] = filter.shape;
      const flipped = tf
        .reverse(filter, [0, 1])
        .reshape<tf.Tensor4D>([height, width, channels * multiplier, 1]);
      const spreadOut = spread(dy, info.strideHeight, info.strideWidth);
      const gradient = convolveDepthwise(spreadOut, flipped, marginsOfInput(info));
      return multiplier === 1 ? gradient : tf.sum(gradient.reshape([...inputShape, multiplier]), 4);
    },
  );
}
