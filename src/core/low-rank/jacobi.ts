import { LabError } from "../errors.js";

/** Of the matrix's length: what lies below is rounding, and a column as short as that counts as none. */
const negligible = 2 ** -56;
/** Six to ten are usual; no matrix is known that needs more than thirty. */
const mostSweeps = 60;

export interface Factors {
  /** Columns of length 1, orthogonal to each other. */
  readonly u: readonly Float64Array[];
  /** The largest first. */
  readonly singularValues: Float64Array;
  readonly v: readonly Float64Array[];
}

/**
 * The singular value decomposition of a matrix, given by its columns, of which there are no more than rows.
 * Pairs of columns are rotated until all are orthogonal: A V = W, and then W = U Σ. Slower than methods that make
 * the matrix bidiagonal, but it ends for every matrix, also for one whose rank is not full, and is as accurate.
 *
 * @see Hestenes, "Inversion of matrices by biorthogonalization and related results" (1958)
 * @see Golub and Van Loan, "Matrix Computations" (4th edition, 2013), section 8.6.3
 */
export function jacobi(matrix: readonly Float64Array[]): Factors {
  const w = matrix.map((column) => column.slice());
  const v = w.map((_, j) => Float64Array.from(w, (_, i) => Number(i === j)));
  const length = Math.sqrt(w.reduce((sum, column) => sum + dot(column, column), 0));
  const least = (negligible * length) ** 2;
  for (let sweep = 0; rotateAll(w, v, least); sweep++) {
    if (sweep === mostSweeps) {
      throw new LabError(
        "NOT_CONVERGED",
        `no decomposition after ${sweep} sweeps`,
        "Please report the matrix.",
      );
    }
  }
  const norms = w.map((column) => Math.sqrt(dot(column, column)));
  const order = norms.map((_, j) => j).sort((a, b) => norms[b]! - norms[a]! || a - b);
  const u: Float64Array[] = [];
  for (const j of order) {
    const long = norms[j]! ** 2 > least;
    u.push(long ? w[j]!.map((x) => x / norms[j]!) : orthogonalTo(u, w[j]!.length));
  }
  return { u, singularValues: Float64Array.from(order, (j) => norms[j]!), v: order.map((j) => v[j]!) };
}

/** Rotates each pair of columns once; false if all were orthogonal already. */
function rotateAll(w: readonly Float64Array[], v: readonly Float64Array[], least: number): boolean {
  const squares = w.map((column) => dot(column, column));
  let rotated = false;
  for (let p = 0; p < w.length; p++) {
    for (let q = p + 1; q < w.length; q++) {
      const [alpha, beta] = [squares[p]!, squares[q]!];
      if (alpha <= least || beta <= least) continue;
      const gamma = dot(w[p]!, w[q]!);
      if (Math.abs(gamma) <= 2 ** -50 * Math.sqrt(alpha * beta)) continue;
      rotated = true;
      // The smaller angle that makes the two orthogonal: t = tan θ.
      const zeta = (beta - alpha) / (2 * gamma);
      const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
      const cosine = 1 / Math.sqrt(1 + t * t);
      rotate(w[p]!, w[q]!, cosine, cosine * t);
      rotate(v[p]!, v[q]!, cosine, cosine * t);
      squares[p] = alpha - t * gamma;
      squares[q] = beta + t * gamma;
    }
  }
  return rotated;
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}

/** A vector of length 1 that is orthogonal to the given ones, of which there are fewer than it has entries. */
function orthogonalTo(u: readonly Float64Array[], length: number): Float64Array {
  // The axis of which the least lies in their span.
  let axis = 0;
  let covered = Number.POSITIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const part = u.reduce((sum, column) => sum + column[i]! ** 2, 0);
    if (part < covered) [axis, covered] = [i, part];
  }
  const found = new Float64Array(length);
  found[axis] = 1;
  // Once more, for what rounding left the first time.
  for (let pass = 0; pass < 2; pass++) {
    for (const column of u) {
      const share = dot(column, found);
      for (let i = 0; i < length; i++) found[i]! -= share * column[i]!;
    }
    const norm = Math.sqrt(dot(found, found));
    for (let i = 0; i < length; i++) found[i]! /= norm;
  }
  return found;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
