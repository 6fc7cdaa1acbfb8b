import { checkInteger } from "../arguments.js";
import type { Tensor } from "../tensor.js";
import { timesAlong, toFloat32, toFloat64, transpose, unfold } from "./axes.js";
import { checkKernel } from "./kernel.js";
import { svd } from "./svd.js";

export interface TuckerRanks {
  /** Channels between the first 1×1 convolution and the core. */
  readonly rankIn: number;
  /** Channels between the core and the last 1×1 convolution. */
  readonly rankOut: number;
}

export interface TuckerOptions extends TuckerRanks {
  /** Rounds of HOOI after the HOSVD, at most 1000. 0 */
  readonly iterations?: number;
}

/** Three kernels whose convolutions, one after the other, come near to one convolution. */
export interface Tucker2 {
  /** [1, 1, inputs, rankIn] */
  readonly first: Tensor;
  /** [kh, kw, rankIn, rankOut] */
  readonly core: Tensor;
  /** [1, 1, rankOut, outputs] */
  readonly last: Tensor;
  /** ‖K - product‖ / ‖K‖ in the Frobenius norm, before the three are rounded to float32. */
  readonly error: number;
}

const INPUTS = 2;
const OUTPUTS = 3;

/**
 * The Tucker-2 decomposition of the kernel of a convolution [kh, kw, inputs, outputs]: both channel axes get
 * a factor, height and width stay as they are.
 *
 *     K(h, w, i, o) ≈ Σ_{r, s} A(i, r) C(h, w, r, s) B(o, s),   AᵀA = 1, BᵀB = 1, C = K ×₃ Aᵀ ×₄ Bᵀ
 *
 * HOSVD: A and B are the leading left singular vectors of K unfolded along the inputs and the outputs. This is
 * at most √2 times as far from K as the best decomposition of these ranks; each round of HOOI takes A anew with
 * B fixed, then B with A fixed, and never moves away from K.
 *
 * @throws LabError for a kernel without four axes or that is not finite, ranks that are no integers from 1 to
 *   what the unfolded kernel allows, and iterations outside of 0 to 1000. With iterations, rankIn is at most kh·kw·rankOut
 *   and the other way round: more can't be told apart.
 * @see Kim et al., "Compression of Deep Convolutional Neural Networks for Fast and Low Power Mobile
 *   Applications" (2016), section 3.1
 * @see De Lathauwer, De Moor and Vandewalle, "A multilinear singular value decomposition" and "On the best
 *   rank-1 and rank-(R₁, R₂, …, R_N) approximation of higher-order tensors" (2000)
 *
 * @example
 * ```ts
 * import { normalTensor, seeded } from "edgelab/core";
 * const kernel = normalTensor(seeded("a"), [3, 3, 8, 16]);
 * const { first, core, last } = tucker2(kernel, { rankIn: 4, rankOut: 6 });
 * [first.shape, core.shape, last.shape]; // [[1, 1, 8, 4], [3, 3, 4, 6], [1, 1, 6, 16]]
 * tucker2(kernel, { rankIn: 9, rankOut: 6 }); // throws "rankIn must be an integer from 1 to 8, got 9"
 * ```
 */
export function tucker2(kernel: Tensor, { rankIn, rankOut, iterations = 0 }: TuckerOptions): Tucker2 {
  checkKernel(kernel, "conv");
  checkRanks(kernel, { rankIn, rankOut, iterations });
  const k = toFloat64(kernel);
  let a = leadingVectors(k, INPUTS, rankIn);
  let b = leadingVectors(k, OUTPUTS, rankOut);
  for (let round = 0; round < iterations; round++) {
    a = leadingVectors(timesAlong(k, OUTPUTS, b), INPUTS, rankIn);
    b = leadingVectors(timesAlong(k, INPUTS, a), OUTPUTS, rankOut);
  }
  const core = timesAlong(timesAlong(k, INPUTS, a), OUTPUTS, b);
  const near = timesAlong(timesAlong(core, INPUTS, transpose(a)), OUTPUTS, transpose(b));
  const back = transpose(b);
  return {
    first: toFloat32({ shape: [1, 1, ...a.shape], data: a.data }),
    core: toFloat32(core),
    last: toFloat32({ shape: [1, 1, ...back.shape], data: back.data }),
    error: relativeError(k.data, near.data),
  };
}

/** The singular values of a kernel unfolded along its inputs and along its outputs. */
export function tuckerSpectra(kernel: Tensor): { inputs: Float64Array; outputs: Float64Array } {
  checkKernel(kernel, "conv");
  const k = toFloat64(kernel);
  return {
    inputs: svd(unfold(k, INPUTS)).singularValues,
    outputs: svd(unfold(k, OUTPUTS)).singularValues,
  };
}

function leadingVectors(x: Tensor<Float64Array>, axis: number, rank: number): Tensor<Float64Array> {
  const { u } = svd(unfold(x, axis));
  const columns = u.shape[1]!;
  return { shape: [u.shape[0]!, rank], data: u.data.filter((_, i) => i % columns < rank) };
}

function checkRanks({ shape }: Tensor, { rankIn, rankOut, iterations }: Required<TuckerOptions>): void {
  const [kh, kw, inputs, outputs] = shape as [number, number, number, number];
  checkInteger(iterations, "iterations", 0, 1000);
  const [besideIn, besideOut] = iterations > 0 ? [rankOut, rankIn] : [outputs, inputs];
  checkInteger(rankIn, "rankIn", 1, Math.min(inputs, kh * kw * outputs));
  checkInteger(rankOut, "rankOut", 1, Math.min(outputs, kh * kw * inputs));
  checkInteger(rankIn, "rankIn", 1, kh * kw * besideIn);
  checkInteger(rankOut, "rankOut", 1, kh * kw * besideOut);
}

function relativeError(exact: Float64Array, near: Float64Array): number {
  const largest = exact.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  if (largest === 0) return 0;
  const squares = exact.reduce((sum, x) => sum + (x / largest) ** 2, 0);
  const lost = exact.reduce((sum, x, i) => sum + ((x - near[i]!) / largest) ** 2, 0);
  return Math.sqrt(lost / squares);
}
