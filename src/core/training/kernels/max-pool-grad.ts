import * as tf from "@tensorflow/tfjs";
import { replaceByLoop, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  readonly filterSize: number | [number, number];
}

/**
 * ∂L/∂X[n, i, j, c] = Σ ∂L/∂Y[n, y, x, c] over the windows whose maximum is X[n, i, j, c]
 *
 * Of equal values the first of the window, row by row, gets the whole gradient, as on tfjs' other backends and
 * in torch. tfjs has this kernel for wasm; it walks through memory channel by channel, which is slow.
 */
export function installMaxPoolGrad(): void {
  replaceByLoop<"dy" | "input", Attributes>(
    "MaxPoolGrad",
    ({ input }) => input.shape,
    ({ dy, input }, { filterSize, strides, pad, dimRoundingMode }, view, output) => {
      const info = tf.backend_util.computePool2DInfo(
        input.shape,
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const [values, gradients] = [view(input), view(dy)];
      const winners = new Int32Array(info.inChannels);
      for (let n = 0; n < info.batchSize; n++) {
        for (let y = 0; y < info.outHeight; y++) {
          for (let x = 0; x < info.outWidth; x++) {
            findWinners(info, values, [n, y, x], winners.fill(-1));
            const to = ((n * info.outHeight + y) * info.outWidth + x) * info.inChannels;
            for (let c = 0; c < winners.length; c++) {
              // There is none in a window of NaN only.
              if (winners[c]! >= 0) output[winners[c]!]! += gradients[to + c]!;
            }
          }
        }
      }
    },
  );
}

/** Where in the input the greatest value of a window stands, for each channel. */
function findWinners(
  info: tf.backend_util.Conv2DInfo,
  values: ArrayLike<number>,
  [n, y, x]: readonly [number, number, number],
  winners: Int32Array,
): void {
  const { inHeight, inWidth, inChannels, padInfo } = info;
  const top = y * info.strideHeight - padInfo.top;
  const left = x * info.strideWidth - padInfo.left;
  const bottom = Math.min(inHeight, top + info.filterHeight);
  const right = Math.min(inWidth, left + info.filterWidth);
  for (let row = Math.max(0, top); row < bottom; row++) {
    for (let column = Math.max(0, left); column < right; column++) {
      const from = ((n * inHeight + row) * inWidth + column) * inChannels;
      for (let c = 0; c < inChannels; c++) {
        const winner = winners[c]!;
        const best = winner < 0 ? Number.NEGATIVE_INFINITY : values[winner]!;
        if (values[from + c]! > best) winners[c] = from + c;
      }
    }
  }
}
