import { checkSameLength } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type NumberArray, sizeOf, type Tensor } from "../../tensor.js";
import { zerosLike } from "./values.js";

/** How many bits a run takes: 4 count to 15 zeros, 8 to 255. */
export type RunBits = 4 | 8;

/** How many zeros stand before each value, and the values. */
export interface RunLength<Data extends NumberArray = Float32Array> {
  readonly shape: readonly number[];
  readonly runBits: RunBits;
  /** One a value; with 4 bits two in a byte, the first in the lower half. */
  readonly runs: Uint8Array;
  /** Not 0, but for padding: where more zeros follow each other than a run can count, one is stored as a value. */
  readonly values: Data;
}

/**
 * A tensor as runs of zeros, each followed by a value. Zeros at the end are not stored. -0 comes back as 0; all
 * else comes back exactly.
 *
 * @throws LabError where shape and data don't fit each other, and for runs of other than 4 or 8 bits.
 * @see Han, Mao and Dally, "Deep compression" (2016), section 2
 * @see Han et al., "EIE: efficient inference engine on compressed deep neural network" (2016), section III-B
 *
 * @example
 * ```ts
 * const { runs, values } = encodeRunLength({ shape: [6], data: Float32Array.of(0, 0, 1, 2, 0, 0) }, 8);
 * runs; // Uint8Array [2, 0]
 * values; // Float32Array [1, 2]
 * ```
 */
export function encodeRunLength<Data extends NumberArray>(
  x: Tensor<Data>,
  runBits: RunBits,
): RunLength<Data> {
  checkTensor(x, "the tensor");
  checkRunBits(runBits);
  const count = countEntries(x.data, runBits);
  const runs = new Uint8Array(count);
  const values = zerosLike(x.data, count);
  forEachEntry(x.data, runBits, (entry, run, value) => {
    runs[entry] = run;
    values[entry] = value;
  });
  return { shape: [...x.shape], runBits, runs: runBits === 4 ? packHalves(runs) : runs, values };
}

/** How many values are stored: those that are not 0, and the padding. */
export function countEntries(data: NumberArray, runBits: RunBits): number {
  let count = 0;
  forEachEntry(data, runBits, () => count++);
  return count;
}

function forEachEntry(
  data: NumberArray,
  runBits: RunBits,
  visit: (entry: number, run: number, value: number) => void,
): void {
  const longest = 2 ** runBits - 1;
  let entry = 0;
  let run = 0;
  // Padding is for a value that comes after it: zeros at the end need none.
  let waiting = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === 0) {
      if (run === longest) waiting++;
      run = run === longest ? 0 : run + 1;
      continue;
    }
    for (; waiting > 0; waiting--) visit(entry++, longest, 0);
    visit(entry++, run, value);
    run = 0;
  }
}

/**
 * The tensor that runs and values describe.
 *
 * @throws LabError where there are more elements than the shape holds, unlike many runs and values, for runs
 * of other than 4 or 8 bits, and for more than 2^28 elements.
 *
 * @example
 * ```ts
 * decodeRunLength({ shape: [4], runBits: 4, runs: Uint8Array.of(0x10), values: Float32Array.of(5, 6) }).data; // Float32Array [5, 0, 6, 0]
 * ```
 */
export function decodeRunLength<Data extends NumberArray>(encoded: RunLength<Data>): Tensor<Data> {
  const { shape, runBits, runs, values } = encoded;
  checkRunBits(runBits);
  checkSameLength(
    runs,
    { length: Math.ceil((values.length * runBits) / 8) },
    "the runs, and what the values need,",
  );
  const data = zerosLike(values, sizeOf(shape));
  let place = -1;
  for (let i = 0; i < values.length; i++) {
    place += 1 + (runBits === 8 ? runs[i]! : (runs[i >> 1]! >> (4 * (i & 1))) & 15);
    if (place >= data.length) tooLong(shape);
    data[place] = values[i]!;
  }
  return { shape: [...shape], data };
}

function packHalves(runs: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(runs.length / 2));
  runs.forEach((run, i) => {
    packed[i >> 1]! |= run << (4 * (i & 1));
  });
  return packed;
}

function checkRunBits(runBits: number): void {
  if (runBits !== 4 && runBits !== 8) {
    throw new LabError("BAD_BITS", `runs of ${runBits} bits are not stored here`, "Use 4 or 8.");
  }
}

function tooLong(shape: readonly number[]): never {
  throw new LabError(
    "BAD_RUNS",
    `the runs hold more elements than shape [${shape.join(", ")}]`,
    "Give the shape that the tensor had.",
  );
}
