import { slides, visitWindow } from "./geometry.js";
import { quantizeMultiplier } from "./multiplier.js";
import type { ByteTensor, Rounding, WeightedLayer } from "./network.js";
import { type ChannelScales, floatMultiplier, realMultiplier } from "./requantize.js";

/** One product of an accumulator's sum. */
export interface Term {
  /** Where the input code lies: [n, h, w, c] or [n, c]. */
  readonly inputIndex: readonly number[];
  readonly inputCode: number;
  /** Where the weight's code lies, in the layout of the layer's weights. */
  readonly weightIndex: readonly number[];
  readonly weightCode: number;
  /** (inputCode - inputZero) · (weightCode - weightZero) */
  readonly product: number;
}

/** What an accumulator is multiplied by: `real` is s_in · s_w / s_out. */
export type Multiplier =
  | {
      readonly kind: "fixed-point";
      readonly real: number;
      readonly multiplier: number;
      readonly shift: number;
    }
  | { readonly kind: "float32"; readonly real: number; readonly factor: number };

export function multiplierOf(scales: ChannelScales, rounding: Rounding): Multiplier {
  const real = realMultiplier(scales);
  if (rounding === "float") return { kind: "float32", real, factor: floatMultiplier(scales) };
  return { kind: "fixed-point", real, ...quantizeMultiplier(real) };
}

/** Which codes meet in each product of the output at a flat index: flat indices too. */
function pairs(
  layer: WeightedLayer,
  input: readonly number[],
  output: number,
): { readonly input: number; readonly weight: number }[] {
  const found: { input: number; weight: number }[] = [];
  const { shape } = layer.weights;
  if (layer.kind === "dense") {
    const [inputs = 0, outputs = 0] = shape;
    const row = Math.floor(output / outputs);
    for (let p = 0; p < inputs; p++) {
      found.push({ input: row * inputs + p, weight: p * outputs + (output % outputs) });
    }
    return found;
  }
  const [kernelHeight = 0, kernelWidth = 0, channels = 0, last = 0] = shape;
  const [rows, columns] = slides(input, [kernelHeight, kernelWidth], layer);
  const filters = layer.kind === "conv2d" ? last : channels * last;
  const filter = output % filters;
  visitWindow(rows, columns, Math.floor(output / filters), (pixel, tap) => {
    if (layer.kind === "depthwise-conv2d") {
      const channel = Math.floor(filter / last);
      found.push({ input: pixel * channels + channel, weight: tap * filters + filter });
      return;
    }
    for (let c = 0; c < channels; c++) {
      found.push({ input: pixel * channels + c, weight: (tap * channels + c) * filters + filter });
    }
  });
  return found;
}

/** The products of the output at a flat index. Those on padding are left out: they are 0. */
export function termsOf(
  layer: WeightedLayer,
  input: ByteTensor,
  zeros: { readonly input: number; readonly weight: number },
  output: number,
): Term[] {
  return pairs(layer, input.shape, output).map((at) => {
    const inputCode = input.data[at.input]!;
    const weightCode = layer.weights.data[at.weight]!;
    return {
      inputIndex: unravel(at.input, input.shape),
      inputCode,
      weightIndex: unravel(at.weight, layer.weights.shape),
      weightCode,
      product: (inputCode - zeros.input) * (weightCode - zeros.weight),
    };
  });
}

/** A flat index as one index an axis. */
export function unravel(flat: number, shape: readonly number[]): number[] {
  let rest = flat;
  return shape
    .toReversed()
    .map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    })
    .reverse();
}
