import { LabError } from "../errors.js";
import { checkDataset, type Dataset } from "./dataset.js";
import { checkUnpacked, scaled } from "./file-bytes.js";

const side = 32;
const channels = 3;
const pixels = side * side;
/** A label, then all red values, all green ones, all blue ones. */
const recordBytes = 1 + channels * pixels;

/**
 * CIFAR-10 from the bytes of its binary version's unpacked files (`data_batch_1.bin`, …, `test_batch.bin`), one
 * after the other: inputs [count, 32, 32, 3] from 0 to 1.
 *
 * @throws LabError for a file that is compressed or not made of records of 3,073 bytes, and for a label above 9.
 * @see Krizhevsky, "The CIFAR-10 dataset", section "Binary version"
 *
 * @example
 * ```ts
 * const white = new Uint8Array(3073).fill(255).fill(6, 0, 1);
 * const data = cifar10([white, white]);
 * data.inputs.shape; // [2, 32, 32, 3]
 * data.labels; // Int32Array [6, 6]
 * ```
 */
export function cifar10(batches: readonly Uint8Array[]): Dataset {
  batches.forEach(checkBatch);
  const records = batches.flatMap((batch) =>
    Array.from({ length: batch.length / recordBytes }, (_, i) =>
      batch.subarray(i * recordBytes, (i + 1) * recordBytes),
    ),
  );
  const inputs = new Float32Array(records.length * pixels * channels);
  records.forEach((record, i) => {
    inputs.set(scaled(channelsLast(record.subarray(1))), i * pixels * channels);
  });
  const data: Dataset = {
    inputs: { shape: [records.length, side, side, channels], data: inputs },
    labels: Int32Array.from(records, (record) => record[0]!),
    classes: 10,
  };
  checkDataset(data);
  return data;
}

function checkBatch(batch: Uint8Array, i: number): void {
  checkUnpacked(batch, `batch ${i}`);
  if (batch.length === 0 || batch.length % recordBytes !== 0) {
    throw new LabError(
      "BAD_LENGTH",
      `batch ${i} has ${batch.length} bytes, which are no whole records of ${recordBytes}`,
      "Give the .bin files of the binary version, whole.",
    );
  }
}

function channelsLast(planes: Uint8Array): Uint8Array {
  const image = new Uint8Array(planes.length);
  for (let i = 0; i < planes.length; i++)
    image[i] = planes[(i % channels) * pixels + Math.floor(i / channels)]!;
  return image;
}
