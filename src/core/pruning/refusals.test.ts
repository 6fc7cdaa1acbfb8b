import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import type { Tensor } from "../tensor.js";
import {
  applyMask,
  channelMask,
  channelNorms,
  globalMagnitudeMasks,
  type Mask,
  magnitudeMask,
  magnitudeThreshold,
  maskCounts,
  nmMask,
  randomMask,
  sparsityOf,
  taylorChannelScores,
  taylorMask,
  taylorScores,
  weakestChannels,
} from "./index.js";

const vector = (...x: number[]): Tensor => ({ shape: [x.length], data: Float32Array.from(x) });

describe("pruning refuses", () => {
  const x = vector(1, 2, 3, 4);
  const nan = vector(1, NaN);
  const empty = vector();
  const half = { sparsity: 0.5 };
  const norm = { ...half, axis: 0, norm: 1 as const };
  const nm = { n: 2, m: 4, axis: 0 };
  const unfit: Tensor = { shape: [3], data: Float32Array.of(1) };
  const bits = (...data: number[]): Mask => ({ shape: [data.length], data: Uint8Array.from(data) });
  const double = { shape: [2], data: Float64Array.of(1, 2) } as never;
  const codes = { shape: [2], data: Int32Array.of(1, 2) } as never;
  const signed = { shape: [4], data: Int8Array.of(1, 0, 1, 0) } as never;
  const refusals: [string, () => unknown, string][] = [
    ["a sparsity of 1", () => magnitudeMask(x, { sparsity: 1 }), "sparsity must be in [0, 1), got 1"],
    ["a sparsity that is NaN", () => magnitudeMask(x, { sparsity: NaN }), "got NaN"],
    ["a negative sparsity", () => globalMagnitudeMasks([x], { sparsity: -0.1 }), "got -0.1"],
    ["a sparsity of 1 for a threshold", () => magnitudeThreshold(x, { sparsity: 1 }), "got 1"],
    ["a sparsity of 1 for channels", () => channelMask(x, { ...norm, sparsity: 1 }), "got 1"],
    ["a sparsity of 1 for chance", () => randomMask(seeded("a"), [2], { sparsity: 1 }), "got 1"],
    ["a sparsity of 1 for gradients", () => taylorMask(x, x, { sparsity: 1 }), "got 1"],
    ["NaN", () => magnitudeMask(nan, half), "there is NaN in the weights, at index 1"],
    ["NaN where nothing goes", () => magnitudeMask(nan, { sparsity: 0 }), ", at index 1"],
    [
      "NaN with a sign",
      () =>
        magnitudeThreshold({ shape: [1], data: new Float32Array(Uint32Array.of(0xffc00001).buffer) }, half),
      ", at index 0",
    ],
    [
      "NaN next to infinity",
      () => magnitudeMask({ shape: [1], data: new Float32Array(Uint32Array.of(0x7f800001).buffer) }, half),
      ", at index 0",
    ],
    ["NaN in a later layer", () => globalMagnitudeMasks([x, nan], half), ", at index 1"],
    ["NaN in a channel", () => channelNorms(nan, norm), "is NaN"],
    ["NaN in a score", () => weakestChannels([NaN], half), "there is NaN in the score"],
    ["NaN in a group", () => nmMask(nan, nm), "is NaN"],
    [
      "a gradient that is infinite",
      () => taylorMask(vector(0), vector(Infinity), half),
      "there is Infinity in the gradient, at index 0",
    ],
    [
      "weights that are infinite, with a gradient",
      () => taylorScores(vector(-Infinity), vector(0)),
      "there is -Infinity in the weights",
    ],
    ["a gradient of another shape", () => taylorChannelScores(x, vector(1), 0), "must have the same shape"],
    ["no weights", () => magnitudeMask(empty, half), "the weights has no elements"],
    ["no weights for a threshold", () => magnitudeThreshold(empty, half), "no elements"],
    ["no layers", () => globalMagnitudeMasks([], half), "no elements"],
    ["no channels", () => channelMask(empty, norm), "no elements"],
    ["no scores", () => weakestChannels([], half), "no elements"],
    ["no groups", () => nmMask(empty, nm), "no elements"],
    ["no weights with gradients", () => taylorMask(empty, empty, half), "no elements"],
    ["an empty shape", () => randomMask(seeded("a"), [3, 0], half), "shape [3, 0] has no elements"],
    ["a shape that is none", () => randomMask(seeded("a"), [1.5], half), "is no shape"],
    ["data that don't fit", () => magnitudeMask(unfit, half), "holds 3 elements, but there are 1"],
    ["an axis that isn't there", () => channelMask(x, { ...norm, axis: 1 }), "has no axis 1"],
    ["an axis that isn't there for groups", () => nmMask(x, { ...nm, axis: -2 }), "has no axis -2"],
    [
      "an axis that isn't there with gradients",
      () => taylorMask(x, x, { ...half, axis: 2 }),
      "has no axis 2",
    ],
    ["another norm", () => channelNorms(x, { axis: 0, norm: 3 as 2 }), "there is no norm 3"],
    [
      "more than all of a group",
      () => nmMask(x, { n: 5, m: 4, axis: 0 }),
      "n must be an integer from 1 to 4, got 5",
    ],
    ["none of a group", () => nmMask(x, { n: 0, m: 4, axis: 0 }), "got 0"],
    ["half an element", () => nmMask(x, { n: 1, m: 2.5, axis: 0 }), "m must be an integer from 1 to 1024"],
    [
      "groups of a million",
      () => nmMask(x, { n: 1, m: 1e6, axis: 0 }),
      "m must be an integer from 1 to 1024",
    ],
    ["weights in float64", () => magnitudeMask(double, half), "the weights is a Float64Array"],
    ["integers for a threshold", () => magnitudeThreshold(codes, half), "the weights is an Int32Array"],
    ["a layer in float64", () => globalMagnitudeMasks([x, double], half), "the weights is a Float64Array"],
    [
      "a plain array",
      () => magnitudeMask({ shape: [1], data: [1] } as never, half),
      "the weights is an object",
    ],
    ["a mask in float32", () => maskCounts(x as never), "the mask is a Float32Array"],
    ["a mask of bytes with a sign", () => applyMask(x, signed), "the mask is an Int8Array"],
    [
      "a mask of 10^10 weights",
      () => randomMask(seeded("a"), [1e5, 1e5], half),
      "would have 10000000000 elements",
    ],
    ["a mask with a 2", () => maskCounts(bits(1, 2)), "the mask is 2 at index 1"],
    ["a mask of another shape", () => applyMask(x, bits(1)), "must have the same shape"],
    ["an empty mask", () => maskCounts(bits()), "the mask has no elements"],
    ["an empty tensor's sparsity", () => sparsityOf(empty), "no elements"],
  ];
  for (const [what, work, message] of refusals) {
    it(what, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
