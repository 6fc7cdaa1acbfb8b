import type { NumberArray, Tensor } from "../tensor.js";

/** Steps over a tensor that leave one axis out: element (outer, i, inner) lies at (outer·n + i)·inners + inner. */
function around({ shape }: Tensor<NumberArray>, axis: number) {
  const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);
  return { outers: product(shape.slice(0, axis)), n: shape[axis]!, inners: product(shape.slice(axis + 1)) };
}

/** The matrix whose row i holds all elements with index i on the axis, in the tensor's order. */
export function unfold(x: Tensor<Float64Array>, axis: number): Tensor<Float64Array> {
  const { outers, n, inners } = around(x, axis);
  const data = new Float64Array(x.data.length);
  for (let outer = 0; outer < outers; outer++) {
    for (let i = 0; i < n; i++) {
      const start = (outer * n + i) * inners;
      data.set(x.data.subarray(start, start + inners), (i * outers + outer) * inners);
    }
  }
  return { shape: [n, outers * inners], data };
}

/** The product with a matrix [n, r] along an axis of length n, which gets length r: yᵣ = Σᵢ xᵢ fᵢᵣ */
export function timesAlong(
  x: Tensor<Float64Array>,
  axis: number,
  factor: Tensor<Float64Array>,
): Tensor<Float64Array> {
  const { outers, n, inners } = around(x, axis);
  const rank = factor.shape[1]!;
  const data = new Float64Array(outers * rank * inners);
  for (let outer = 0; outer < outers; outer++) {
    for (let i = 0; i < n; i++) {
      for (let r = 0; r < rank; r++) {
        const weight = factor.data[i * rank + r]!;
        const from = (outer * n + i) * inners;
        const to = (outer * rank + r) * inners;
        for (let inner = 0; inner < inners; inner++) data[to + inner]! += weight * x.data[from + inner]!;
      }
    }
  }
  return { shape: x.shape.map((length, a) => (a === axis ? rank : length)), data };
}

/** A [n, r] matrix as [r, n]. */
export function transpose({ shape, data }: Tensor<Float64Array>): Tensor<Float64Array> {
  const [rows, columns] = shape as [number, number];
  const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
  return { shape: [columns, rows], data: turned };
}

/** Swaps two neighbouring axes in the middle: [a, b, c, d] becomes [a, c, b, d]. */
export function swapMiddle({ shape, data }: Tensor<Float64Array>): Tensor<Float64Array> {
  const [a, b, c, d] = shape as [number, number, number, number];
  const swapped = new Float64Array(data.length);
  for (let i = 0; i < a * b * c; i++) {
    const [first, second, third] = [Math.floor(i / (b * c)), Math.floor(i / c) % b, i % c];
    swapped.set(data.subarray(i * d, (i + 1) * d), ((first * c + third) * b + second) * d);
  }
  return { shape: [a, c, b, d], data: swapped };
}

export function toFloat64({ shape, data }: Tensor<NumberArray>): Tensor<Float64Array> {
  return { shape, data: Float64Array.from(data) };
}

export function toFloat32({ shape, data }: Tensor<NumberArray>): Tensor {
  return { shape, data: Float32Array.from(data) };
}
