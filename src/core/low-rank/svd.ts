import { checkFinite, checkInteger, checkNotEmpty } from "../arguments.js";
import { LabError } from "../errors.js";
import { checkTensor, type NumberArray, type Tensor } from "../tensor.js";
import { jacobi } from "./jacobi.js";

/** A matrix [m, n] as `u · diag(singularValues) · vᵀ`, in float64. */
export interface Svd {
  /** [m, k], k = min(m, n); the columns have length 1 and are orthogonal to each other. */
  readonly u: Tensor<Float64Array>;
  /** k numbers of 0 or more, the largest first. */
  readonly singularValues: Float64Array;
  /** [n, k], like `u`. */
  readonly v: Tensor<Float64Array>;
}

/**
 * The thin singular value decomposition A = U Σ Vᵀ of a matrix [m, n].
 *
 * A pair of singular vectors can be turned around together; here the entry of `u`'s column that is largest in
 * magnitude (the first of several) is positive. Singular values are off by at most a few max(m, n) · 2^-52 of
 * the largest one.
 *
 * @throws LabError for what is no matrix, has no elements, holds NaN or infinities, or is so large that a singular
 *   value overflows.
 * @see Golub and Van Loan, "Matrix Computations" (4th edition, 2013), section 8.6.3
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * const { u, singularValues, v } = svd(tensor([2, 3], [0, 0, -2, 0, 3, 0]));
 * singularValues; // Float64Array [3, 2]
 * u.data; // Float64Array [0, 1, 1, 0]
 * v.data; // Float64Array [0, 0, 1, 0, 0, -1]
 * ```
 */
export function svd(matrix: Tensor<NumberArray>): Svd {
  const [rows, columns] = checkMatrix(matrix, "the matrix");
  const unit = powerOfTwoNear(matrix.data);
  const at = (i: number, j: number): number => matrix.data[i * columns + j]! / unit;
  // As many columns as there are singular values: those of a wide matrix are its rows.
  const wide = columns > rows;
  const lines = Array.from({ length: Math.min(rows, columns) }, (_, j) =>
    Float64Array.from({ length: Math.max(rows, columns) }, (_, i) => (wide ? at(j, i) : at(i, j))),
  );
  const factors = jacobi(lines);
  const u = toTensor(wide ? factors.v : factors.u);
  const v = toTensor(wide ? factors.u : factors.v);
  const signs = signsOf(u);
  const singularValues = factors.singularValues.map((s) => s * unit);
  checkFinite(singularValues, "a singular value");
  return { u: withSigns(u, signs), singularValues, v: withSigns(v, signs) };
}

/**
 * The largest `rank` singular values with their vectors: of all matrices of that rank, `fromSvd` of them is the
 * one nearest to the matrix.
 *
 * @throws LabError as `svd` does, and for a rank that is no integer from 1 to min(m, n).
 * @see Eckart and Young, "The approximation of one matrix by another of lower rank" (1936)
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * fromSvd(truncatedSvd(tensor([2, 2], [4, 0, 0, 1]), 1)).data; // Float64Array [4, 0, 0, 0]
 * ```
 */
export function truncatedSvd(matrix: Tensor<NumberArray>, rank: number): Svd {
  return truncate(svd(matrix), rank);
}

/**
 * What is left of a decomposition after its first `rank` singular values.
 *
 * @throws LabError for a rank that is no integer from 1 to the number of singular values, and as `fromSvd` does.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * truncate(svd(tensor([2, 2], [4, 0, 0, 1])), 1).singularValues; // Float64Array [4]
 * ```
 */
export function truncate(whole: Svd, rank: number): Svd {
  checkSvd(whole);
  const { u, singularValues, v } = whole;
  checkInteger(rank, "rank", 1, singularValues.length);
  return {
    u: firstColumns(u, rank),
    singularValues: singularValues.slice(0, rank),
    v: firstColumns(v, rank),
  };
}

/**
 * The matrix that a decomposition, whole or truncated, stands for: Aᵢⱼ = Σᵣ uᵢᵣ σᵣ vⱼᵣ
 *
 * @throws LabError where the numbers of columns and of singular values differ, for numbers that are not finite, and
 *   where a sum overflows.
 *
 * @example
 * ```ts
 * import { tensor } from "edgelab/core";
 * fromSvd(svd(tensor([1, 2], [0, 5]))).data; // Float64Array [0, 5]
 * ```
 */
export function fromSvd(decomposition: Svd): Tensor<Float64Array> {
  const { rows, columns, rank } = checkSvd(decomposition);
  const { u, singularValues, v } = decomposition;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let r = 0; r < rank; r++)
        sum += u.data[i * rank + r]! * singularValues[r]! * v.data[j * rank + r]!;
      data[i * columns + j] = sum;
    }
  }
  checkFinite(data, "the product");
  return { shape: [rows, columns], data };
}

function checkSvd({ u, singularValues, v }: Svd): { rows: number; columns: number; rank: number } {
  const [rows, rank] = checkMatrix(u, "u");
  const [columns, same] = checkMatrix(v, "v");
  if (rank !== singularValues.length || same !== rank) {
    throw new LabError(
      "BAD_SHAPE",
      `u [${u.shape.join(", ")}], v [${v.shape.join(", ")}] and ${singularValues.length} singular values don't fit`,
      "Give one column of each a singular value.",
    );
  }
  checkFinite(singularValues, "a singular value");
  return { rows, columns, rank };
}

function checkMatrix(matrix: Tensor<NumberArray>, what: string): [rows: number, columns: number] {
  checkTensor(matrix, what);
  const [rows, columns] = matrix.shape;
  if (matrix.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new LabError(
      "BAD_SHAPE",
      `${what} must have the shape [rows, columns], got [${matrix.shape.join(", ")}]`,
      "Reshape it to two axes first.",
    );
  }
  checkNotEmpty(matrix.data, what);
  checkFinite(matrix.data, what);
  return [rows, columns];
}

/** Squares of entries near 1 neither overflow nor underflow, and scaling by a power of two rounds nothing. */
function powerOfTwoNear(data: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]!));
  return largest === 0 ? 1 : 2 ** Math.max(Math.floor(Math.log2(largest)), -1022);
}

function toTensor(columns: readonly Float64Array[]): Tensor<Float64Array> {
  const shape = [columns[0]!.length, columns.length];
  const data = new Float64Array(shape[0]! * shape[1]!);
  columns.forEach((column, j) => {
    column.forEach((x, i) => {
      data[i * columns.length + j] = x;
    });
  });
  return { shape, data };
}

/** 1 for each column, or -1 where the entry of the largest magnitude is negative. */
function signsOf({ shape, data }: Tensor<Float64Array>): Float64Array {
  const columns = shape[1]!;
  const largest = data.slice(0, columns);
  data.forEach((x, i) => {
    if (Math.abs(x) > Math.abs(largest[i % columns]!)) largest[i % columns] = x;
  });
  return largest.map((x) => (x < 0 ? -1 : 1));
}

/** Adding 0 turns -0 into 0. */
function withSigns({ shape, data }: Tensor<Float64Array>, signs: Float64Array): Tensor<Float64Array> {
  return { shape, data: data.map((x, i) => x * signs[i % signs.length]! + 0) };
}

function firstColumns({ shape, data }: Tensor<Float64Array>, count: number): Tensor<Float64Array> {
  const columns = shape[1]!;
  return { shape: [shape[0]!, count], data: data.filter((_, i) => i % columns < count) };
}
