import * as tf from "@tensorflow/tfjs";
import { replaceByLoop, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  readonly filterShape: [number, number, number, number];
}

/**
 * ∂L/∂W[i, j, c, m] = Σₙ Σᵧ Σₓ X[n, y·s + i - p, x·s + j - p, c] · ∂L/∂Y[n, y, x, c·M + m]
 */
export function installDepthwiseBackpropFilter(): void {
  replaceByLoop<"x" | "dy", Attributes>(
    "DepthwiseConv2dNativeBackpropFilter",
    (_, { filterShape }) => filterShape,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }, view, output) => {
      const info = tf.backend_util.computeConv2DInfo(
        x.shape,
        filterShape,
        strides,
        1,
        pad,
        dimRoundingMode,
        true,
      );
      const [inputs, gradients] = [view(x), view(dy)];
      const sums = new Float64Array(info.outChannels);
      for (let i = 0; i < info.filterHeight; i++) {
        for (let j = 0; j < info.filterWidth; j++) {
          sumTap(info, inputs, gradients, [i, j], sums.fill(0));
          output.set(sums, (i * info.filterWidth + j) * info.outChannels);
        }
      }
    },
  );
}

/** What one place of the window sees, summed over images and positions, for each output channel. */
function sumTap(
  info: tf.backend_util.Conv2DInfo,
  inputs: ArrayLike<number>,
  gradients: ArrayLike<number>,
  [i, j]: readonly [number, number],
  sums: Float64Array,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < info.batchSize; n++) {
    for (let y = 0; y < outHeight; y++) {
      const row = y * info.strideHeight + i - padInfo.top;
      if (row < 0 || row >= inHeight) continue;
      for (let x = 0; x < outWidth; x++) {
        const column = x * info.strideWidth + j - padInfo.left;
        if (column < 0 || column >= inWidth) continue;
        const from = ((n * inHeight + row) * inWidth + column) * inChannels;
        const to = ((n * outHeight + y) * outWidth + x) * outChannels;
        for (let m = 0; m < multiplier; m++) {
          for (let c = 0, o = m; c < inChannels; c++, o += multiplier) {
            sums[o]! += inputs[from + c]! * gradients[to + o]!;
          }
        }
      }
    }
  }
}
