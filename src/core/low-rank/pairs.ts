import type { Tensor } from "../tensor.js";
import { swapMiddle, toFloat32, toFloat64, transpose } from "./axes.js";
import { checkKernel } from "./kernel.js";
import { errorOfRank } from "./rank.js";
import { type Svd, svd, truncate } from "./svd.js";

/** The ways to write a layer as a product of two. */
export type PairMethod = "dense" | "channel" | "spatial";

/** Two kernels whose layers, one after the other, come near to one layer. */
export interface KernelPair {
  readonly first: Tensor;
  readonly second: Tensor;
  /** ‖K - product‖ / ‖K‖ in the Frobenius norm, before the two are rounded to float32. */
  readonly error: number;
}

/**
 * The kernel of a dense layer [inputs, outputs] as the product of [inputs, rank] and [rank, outputs], the
 * nearest of that rank:
 *
 *     W ≈ (U_r √Σ_r) (√Σ_r V_rᵀ)
 *
 * Each factor gets the square root of the singular values, so that both have weights of the same size.
 *
 * @throws LabError for a kernel that is no finite matrix, and a rank that is no integer from 1 to
 *   min(inputs, outputs).
 * @see Denton et al., "Exploiting Linear Structure Within Convolutional Networks for Efficient Evaluation"
 *   (2014)
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const { first, second, error } = factorizeDense(tensor([2, 2], [4, 0, 0, 3]), 1);
 * first; // { shape: [2, 1], data: Float32Array.of(2, 0) }
 * second; // { shape: [1, 2], data: Float32Array.of(2, 0) }
 * error; // 0.6
 * ```
 */
export function factorizeDense(kernel: Tensor, rank: number): KernelPair {
  return factorize(kernel, "dense", rank);
}

/**
 * The kernel of a convolution [kh, kw, inputs, outputs] as a convolution of the same size with fewer outputs,
 * [kh, kw, inputs, rank], and a 1×1 convolution [1, 1, rank, outputs]: the SVD of the matrix
 * [kh·kw·inputs, outputs]. It approximates the weights; the paper goes on to fit the answers on data.
 *
 * @throws LabError for a kernel without four axes or that is not finite, and a rank that is no integer from 1
 *   to min(kh·kw·inputs, outputs).
 * @see Zhang et al., "Accelerating Very Deep Convolutional Networks for Classification and Detection" (2016),
 *   section 3.1
 *
 * @example
 * ```ts
 * import { normalTensor, seeded } from "edgelab/core";
 * const { first, second } = channelDecomposition(normalTensor(seeded("a"), [3, 3, 8, 16]), 4);
 * [first.shape, second.shape]; // [[3, 3, 8, 4], [1, 1, 4, 16]]
 * ```
 */
export function channelDecomposition(kernel: Tensor, rank: number): KernelPair {
  return factorize(kernel, "channel", rank);
}

/**
 * The kernel of a convolution [kh, kw, inputs, outputs] as a column [kh, 1, inputs, rank] and a row
 * [1, kw, rank, outputs]: the SVD of the matrix [kh·inputs, kw·outputs].
 *
 * @throws LabError for a kernel without four axes or that is not finite, and a rank that is no integer from 1
 *   to min(kh·inputs, kw·outputs).
 * @see Jaderberg, Vedaldi and Zisserman, "Speeding up Convolutional Neural Networks with Low Rank Expansions"
 *   (2014), scheme 2
 *
 * @example
 * ```ts
 * import { normalTensor, seeded } from "edgelab/core";
 * const { first, second } = spatialDecomposition(normalTensor(seeded("a"), [3, 3, 8, 16]), 4);
 * [first.shape, second.shape]; // [[3, 1, 8, 4], [1, 3, 4, 16]]
 * ```
 */
export function spatialDecomposition(kernel: Tensor, rank: number): KernelPair {
  return factorize(kernel, "spatial", rank);
}

function factorize(kernel: Tensor, method: PairMethod, rank: number): KernelPair {
  return pairOfRank(decompose(kernel, method), kernel.shape, method, rank);
}

/** The singular values and vectors of the matrix that a method sees in a kernel. */
export function decompose(kernel: Tensor, method: PairMethod): Svd {
  checkKernel(kernel, method === "dense" ? "dense" : "conv");
  return svd(toMatrix(toFloat64(kernel), method));
}

/** The two kernels of a rank, from the decomposition of a kernel of that shape. */
export function pairOfRank(
  decomposition: Svd,
  shape: readonly number[],
  method: PairMethod,
  rank: number,
): KernelPair {
  const { u, singularValues, v } = truncate(decomposition, rank);
  const roots = singularValues.map(Math.sqrt);
  const left = scaleColumns(u, roots);
  const right = transpose(scaleColumns(v, roots));
  const error = errorOfRank(decomposition.singularValues, rank);
  return { ...toKernels(left, right, shape, method), error };
}

function toMatrix(kernel: Tensor<Float64Array>, method: PairMethod): Tensor<Float64Array> {
  if (method === "dense") return kernel;
  const [kh, kw, inputs, outputs] = kernel.shape as [number, number, number, number];
  if (method === "channel") return { shape: [kh * kw * inputs, outputs], data: kernel.data };
  return { shape: [kh * inputs, kw * outputs], data: swapMiddle(kernel).data };
}

/** The way back: left is [rows, r], right is [r, columns] of the matrix. */
function toKernels(
  left: Tensor<Float64Array>,
  right: Tensor<Float64Array>,
  shape: readonly number[],
  method: PairMethod,
): { first: Tensor; second: Tensor } {
  if (method === "dense") return { first: toFloat32(left), second: toFloat32(right) };
  const [kh, kw, inputs, outputs] = shape as [number, number, number, number];
  const rank = left.shape[1]!;
  if (method === "channel") {
    const first = { shape: [kh, kw, inputs, rank], data: left.data };
    return { first: toFloat32(first), second: toFloat32({ shape: [1, 1, rank, outputs], data: right.data }) };
  }
  const first = { shape: [kh, 1, inputs, rank], data: left.data };
  const second = swapMiddle({ shape: [1, rank, kw, outputs], data: right.data });
  return { first: toFloat32(first), second: toFloat32(second) };
}

function scaleColumns({ shape, data }: Tensor<Float64Array>, factors: Float64Array): Tensor<Float64Array> {
  return { shape, data: data.map((x, i) => x * factors[i % factors.length]!) };
}
