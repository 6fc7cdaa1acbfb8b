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
      let to = 0;
      for (let n = 0; n < info.batchSize; n++) {
        for (let y = 0; y < info.outHeight; y++) {
          for (let x = 0; x < info.outWidth; x++) {
            for (let c = 0; c < info.inChannels; c++, to++) {
              const winner = findWinner(info, values, { n, y, x, c });
              // There is none in a window of NaN only.
              if (winner >= 0) output[winner]! += gradients[to]!;
            }
          }
        }
      }
    },
  );
}

interface Position {
  readonly n: number;
  readonly y: number;
  readonly x: number;
  readonly c: number;
}

/** Where in the input the greatest value of an output's window stands, -1 if nowhere. */
function findWinner(
  info: tf.backend_util.Conv2DInfo,
  values: ArrayLike<number>,
  { n, y, x, c }: Position,
): number {
  const { inHeight, inWidth, inChannels, padInfo } = info;
  const top = y * info.strideHeight - padInfo.top;
  const left = x * info.strideWidth - padInfo.left;
  const bottom = Math.min(inHeight, top + info.filterHeight);
  const right = Math.min(inWidth, left + info.filterWidth);
  let winner = -1;
  let best = Number.NEGATIVE_INFINITY;
  for (let row = Math.max(0, top); row < bottom; row++) {
    for (let column = Math.max(0, left); column < right; column++) {
      const place = ((n * inHeight + row) * inWidth + column) * inChannels + c;
      const value = values[place]!;
      if (value > best) {
        best = value;
        winner = place;
      }
    }
  }
  return winner;
}
