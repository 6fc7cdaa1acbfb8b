import { checkInteger, checkNotEmpty } from "../../arguments.js";
import { checkTensor, type NumberArray, type Tensor } from "../../tensor.js";
import { countNonzero } from "../mask.js";
import { indexType, matrixOf } from "./csr.js";
import { countEntries, type RunBits } from "./run-length.js";

export interface StoredFormat {
  readonly format: "dense" | "bitmap" | "csr" | "runLength4" | "runLength8";
  /** The values, of `valueBits` each; run-length stores some zeros too. */
  readonly valueBytes: number;
  /** What says where the values belong. */
  readonly indexBytes: number;
  readonly bytes: number;
  /** Bytes of the dense format / bytes. */
  readonly ratio: number;
  /**
   * Above this sparsity the format is smaller than the dense one. From 1 on: never. For run-length: as long as
   * no zero has to be stored.
   */
  readonly breakEvenSparsity: number;
}

export interface StorageReport {
  readonly elements: number;
  readonly nonzero: number;
  readonly sparsity: number;
  readonly formats: readonly StoredFormat[];
}

/**
 * How many bytes a tensor takes in each format, with what the format needs beside the values: so it shows what
 * "half of the weights pruned" saves. Headers (the shape) are not counted.
 *
 * @param bits How many bits a value takes: 32 for float32, 8 for int8. Left out: those of the array.
 * @throws LabError for an empty tensor, and for bits that are not an integer from 1 to 64.
 *
 * @example
 * ```ts
 * const half = { shape: [2, 8], data: Float32Array.of(1, 0, 2, 0, 3, 0, 4, 0, 0, 5, 0, 6, 0, 7, 0, 8) };
 * storageReport(half).formats.map(({ format, bytes }) => [format, bytes]); // [["dense", 64], ["bitmap", 34], ["csr", 52], ["runLength4", 36], ["runLength8", 40]]
 * storageReport(half, 8).formats.map(({ bytes }) => bytes); // [16, 10, 28, 12, 16]
 * ```
 */
export function storageReport(x: Tensor<NumberArray>, bits?: number): StorageReport {
  checkTensor(x, "the tensor");
  const valueBits = bits ?? 8 * x.data.BYTES_PER_ELEMENT;
  checkNotEmpty(x.data, "the tensor");
  checkInteger(valueBits, "valueBits", 1, 64);
  const elements = x.data.length;
  const nonzero = countNonzero(x.data);
  const { rows, width } = matrixOf(x.shape);
  const columnBits = 8 * indexType(width).BYTES_PER_ELEMENT;
  const startBits = 32 * (rows + 1);
  const count = { elements, valueBits };
  const formats = [
    stored("dense", count, { values: elements, indexBits: 0, breakEven: 1 }),
    // n + v·k < v·n
    stored("bitmap", count, { values: nonzero, indexBits: elements, breakEven: 1 / valueBits }),
    // p + (v + c)·k < v·n
    stored("csr", count, {
      values: nonzero,
      indexBits: startBits + columnBits * nonzero,
      breakEven: 1 - (valueBits * elements - startBits) / ((valueBits + columnBits) * elements),
    }),
    runLength(x, count, 4),
    runLength(x, count, 8),
  ];
  return { elements, nonzero, sparsity: (elements - nonzero) / elements, formats };
}

interface Count {
  readonly elements: number;
  readonly valueBits: number;
}

/** (v + b)·k < v·n */
function runLength(x: Tensor<NumberArray>, count: Count, runBits: RunBits): StoredFormat {
  const values = countEntries(x.data, runBits);
  const breakEven = runBits / (count.valueBits + runBits);
  return stored(`runLength${runBits}`, count, { values, indexBits: runBits * values, breakEven });
}

/** Values and index each end with a whole byte. */
function stored(
  format: StoredFormat["format"],
  { elements, valueBits }: Count,
  { values, indexBits, breakEven }: { values: number; indexBits: number; breakEven: number },
): StoredFormat {
  const valueBytes = Math.ceil((values * valueBits) / 8);
  const indexBytes = Math.ceil(indexBits / 8);
  const bytes = valueBytes + indexBytes;
  const ratio = Math.ceil((elements * valueBits) / 8) / bytes;
  return { format, valueBytes, indexBytes, bytes, ratio, breakEvenSparsity: breakEven };
}
