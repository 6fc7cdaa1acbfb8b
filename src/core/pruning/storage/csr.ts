import { checkSameLength } from "../../arguments.js";
import { LabError } from "../../errors.js";
import { checkTensor, type NumberArray, sizeOf, type Tensor } from "../../tensor.js";
import { nonzeroOf, zerosLike } from "./values.js";

/** The smallest unsigned integers that a column's number fits in. */
export type ColumnIndices = Uint8Array | Uint16Array | Uint32Array;

/** Compressed sparse rows. The last axis is the columns; all others together are the rows. */
export interface Csr<Data extends NumberArray = Float32Array> {
  readonly shape: readonly number[];
  /** Row r has the entries from rowStarts[r] up to, and without, rowStarts[r + 1]. */
  readonly rowStarts: Uint32Array;
  /** Rising within a row. */
  readonly columns: ColumnIndices;
  readonly values: Data;
}

/**
 * A tensor as compressed sparse rows. A column takes 8 bits in rows of up to 256, 16 in rows of up to 65,536,
 * else 32. -0 comes back as 0; all else comes back exactly.
 *
 * @throws LabError where shape and data don't fit each other.
 * @see Saad, "Iterative methods for sparse linear systems" (2003), section 3.4
 *
 * @example
 * ```ts
 * const { rowStarts, columns, values } = encodeCsr({ shape: [2, 3], data: Float32Array.of(0, 0, 5, 6, 0, 7) });
 * rowStarts; // Uint32Array [0, 1, 3]
 * columns; // Uint8Array [2, 0, 2]
 * values; // Float32Array [5, 6, 7]
 * ```
 */
export function encodeCsr<Data extends NumberArray>(x: Tensor<Data>): Csr<Data> {
  checkTensor(x, "the tensor");
  const { rows, width } = matrixOf(x.shape);
  const values = nonzeroOf(x.data);
  const columns = new (indexType(width))(values.length);
  const rowStarts = new Uint32Array(rows + 1);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      if (x.data[row * width + column] !== 0) columns[next++] = column;
    }
    rowStarts[row + 1] = next;
  }
  return { shape: [...x.shape], rowStarts, columns, values };
}

/**
 * The tensor that compressed sparse rows describe.
 *
 * @throws LabError where rows, columns and values don't fit the shape or each other, for columns that don't rise
 * within a row, and for more than 2^28 elements.
 *
 * @example
 * ```ts
 * const csr = { shape: [2, 2], rowStarts: Uint32Array.of(0, 0, 1), columns: Uint8Array.of(1), values: Float32Array.of(5) };
 * decodeCsr(csr).data; // Float32Array [0, 0, 0, 5]
 * ```
 */
export function decodeCsr<Data extends NumberArray>(csr: Csr<Data>): Tensor<Data> {
  const { shape, rowStarts, columns, values } = csr;
  const { rows, width } = matrixOf(shape);
  checkCsr(csr, rows, width);
  const data = zerosLike(values, sizeOf(shape));
  for (let row = 0; row < rows; row++) {
    const start = rowStarts[row]!;
    for (let i = start; i < rowStarts[row + 1]!; i++) {
      if (i > start && columns[i]! <= columns[i - 1]!) throw falling(row, columns[i - 1]!, columns[i]!);
      data[row * width + columns[i]!] = values[i]!;
    }
  }
  return { shape: [...shape], data };
}

function checkCsr({ rowStarts, columns, values }: Csr<NumberArray>, rows: number, width: number): void {
  checkSameLength(rowStarts, { length: rows + 1 }, "the rows' starts, and the rows and one,");
  checkSameLength(columns, values, "columns and values");
  const fits =
    rowStarts[0] === 0 &&
    rowStarts[rows] === values.length &&
    rowStarts.every((start, row) => row === 0 || start >= rowStarts[row - 1]!) &&
    columns.every((column: number) => column < width);
  if (!fits) {
    throw new LabError(
      "BAD_CSR",
      `rows that start at [${rowStarts.join(", ")}] don't hold ${values.length} values in ${width} columns`,
      "Let the starts rise from 0 to the number of values, and columns stay below the row's length.",
    );
  }
}

function falling(row: number, before: number, column: number): LabError {
  return new LabError(
    "BAD_CSR",
    `row ${row} has column ${column} after column ${before}`,
    "Give each column of a row once, in rising order.",
  );
}

/** How long a row is, and how many there are. */
export function matrixOf(shape: readonly number[]): { rows: number; width: number } {
  const width = shape.at(-1) ?? 1;
  return { rows: sizeOf(shape.slice(0, -1)), width };
}

export function indexType(
  width: number,
): Uint8ArrayConstructor | Uint16ArrayConstructor | Uint32ArrayConstructor {
  if (width <= 2 ** 8) return Uint8Array;
  return width <= 2 ** 16 ? Uint16Array : Uint32Array;
}
