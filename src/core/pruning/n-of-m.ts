import { checkAxis, checkInteger, checkNoNaN, checkNotEmpty } from "../arguments.js";
import { checkTensor, type Tensor } from "../tensor.js";
import type { Mask } from "./mask.js";

export interface NOfM {
  /** How many stay in each group: 2 in 2:4. */
  readonly n: number;
  /** How many neighbours a group has: 4 in 2:4. */
  readonly m: number;
  /** Along which axis they are neighbours: that of the inputs, where a processor adds the products up. */
  readonly axis: number;
}

/** Each element of a group is compared with all others. */
const LONGEST = 1024;

/**
 * N:M sparsity: of each m neighbours along the axis, the n with the largest magnitudes stay. Of equal
 * magnitudes those go first that stand first. A last group with less than m elements keeps n as well, or all
 * that it has: as if it were filled up with zeros.
 *
 * @throws LabError for an empty tensor, NaN, a wrong axis, and unless 1 <= n <= m <= 1024.
 * @see Mishra et al., "Accelerating sparse deep neural networks" (2021), section 2
 *
 * @example
 * ```ts
 * const x = { shape: [1, 6], data: Float32Array.of(1, -4, 2, 3, 5, 6) };
 * nmMask(x, { n: 2, m: 4, axis: -1 }).data; // Uint8Array [0, 1, 0, 1, 1, 1]
 * ```
 */
export function nmMask(x: Tensor, { n, m, axis }: NOfM): Mask {
  checkTensor(x, "the weights");
  checkNotEmpty(x.data, "the weights");
  checkNoNaN(x.data, "the weights");
  checkInteger(m, "m", 1, LONGEST);
  checkInteger(n, "n", 1, m);
  const counted = checkAxis(axis, x.shape);
  const length = x.shape[counted]!;
  const step = x.shape.slice(counted + 1).reduce((a, b) => a * b, 1);
  const data = new Uint8Array(x.data.length);
  for (let line = 0; line < data.length; line += length * step) {
    for (let column = line; column < line + step; column++) {
      for (let start = 0; start < length; start += m) {
        const count = Math.min(m, length - start);
        keepLargest(x.data, data, { first: column + start * step, count, step }, n);
      }
    }
  }
  return { shape: [...x.shape], data };
}

interface Group {
  readonly first: number;
  readonly count: number;
  /** How far one element is from the next. */
  readonly step: number;
}

/** Keeps an element unless n others stand above it: are larger, or equal and later. */
function keepLargest(values: Float32Array, mask: Uint8Array, { first, count, step }: Group, n: number): void {
  const end = first + count * step;
  for (let place = first; place < end; place += step) {
    const magnitude = Math.abs(values[place]!);
    let above = 0;
    for (let other = first; other < end; other += step) {
      const compared = Math.abs(values[other]!);
      if (compared > magnitude || (compared === magnitude && other > place)) above++;
    }
    if (above < n) mask[place] = 1;
  }
}
