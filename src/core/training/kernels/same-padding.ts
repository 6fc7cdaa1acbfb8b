import * as tf from "@tensorflow/tfjs";
import { replaceKernel, type WindowAttributes } from "./replace-kernel.js";

interface Attributes extends WindowAttributes {
  /** Layers leave it out. */
  readonly dilations: number | [number, number] | null;
}

/**
 * tfjs' wasm convolutions give zeros for "same" padding where the last window ends before the input does,
 * (out - 1)·s + k < in: XNNPACK reckons a negative padding there and does nothing. Told the padding in numbers,
 * which is zero along that axis, they compute.
 */
export function installSamePadding(): void {
  for (const kernel of ["Conv2D", "FusedConv2D"]) spellOut(kernel, false);
  for (const kernel of ["DepthwiseConv2dNative", "FusedDepthwiseConv2D"]) spellOut(kernel, true);
}

function spellOut(kernelName: string, depthwise: boolean): void {
  replaceKernel(kernelName, (original) => (given) => {
    const { strides, pad, dilations } = given.attrs as unknown as Attributes;
    if (pad !== "same") return original(given);
    const { x, filter } = given.inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations ?? 1,
      pad,
      undefined,
      depthwise,
    );
    if (!endsEarly(info)) return original(given);
    const { top, bottom, left, right } = info.padInfo;
    const sides = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return original({ ...given, attrs: { ...given.attrs, pad: sides } });
  });
}

/** Whether there are rows or columns after the last window. */
function endsEarly(info: tf.backend_util.Conv2DInfo): boolean {
  const height = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth;
  return height < info.inHeight || width < info.inWidth;
}
