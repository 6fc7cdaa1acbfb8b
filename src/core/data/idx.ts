import { LabError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkDataset, type Dataset } from "./dataset.js";
import { checkUnpacked, scaled } from "./file-bytes.js";

/**
 * Images from the bytes of an IDX file, as MNIST's `train-images-idx3-ubyte`: [count, rows, columns], 0 to 255.
 *
 * @throws LabError for bytes that are compressed, of another format, cut short or too long.
 * @see LeCun, Cortes and Burges, "The MNIST database", section "File formats"
 *
 * @example
 * ```ts
 * const file = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 255);
 * parseIdxImages(file); // { shape: [1, 1, 2], data: Uint8Array.of(7, 255) }
 * parseIdxImages(file.slice(0, 17)); // throws "has 1 bytes of data, its header says 2"
 * ```
 */
export function parseIdxImages(bytes: Uint8Array): Tensor<Uint8Array> {
  return parseIdx(bytes, 3, "the file of images");
}

/**
 * Labels from the bytes of an IDX file, as MNIST's `train-labels-idx1-ubyte`.
 *
 * @throws LabError for bytes that are compressed, of another format, cut short or too long.
 *
 * @example
 * ```ts
 * parseIdxLabels(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4)); // Uint8Array [5, 0, 4]
 * ```
 */
export function parseIdxLabels(bytes: Uint8Array): Uint8Array {
  return parseIdx(bytes, 1, "the file of labels").data;
}

/**
 * MNIST, Fashion-MNIST, or any other ten classes in their format, from the bytes of its two unpacked files:
 * inputs [count, rows, columns, 1] from 0 to 1.
 *
 * @throws LabError where one of the files is broken, a label is above 9, or the counts disagree.
 *
 * @example
 * ```ts
 * const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255);
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 4);
 * mnist({ images, labels }).inputs; // { shape: [1, 1, 2, 1], data: Float32Array.of(0, 1) }
 * ```
 */
export function mnist(files: { images: Uint8Array; labels: Uint8Array }): Dataset {
  const images = parseIdxImages(files.images);
  const data: Dataset = {
    inputs: { shape: [...images.shape, 1], data: scaled(images.data) },
    labels: Int32Array.from(parseIdxLabels(files.labels)),
    classes: 10,
  };
  checkDataset(data);
  return data;
}

/** A header (0, 0, 8 for bytes, the number of axes), the length of each axis (32 bits, high byte first), data. */
function parseIdx(bytes: Uint8Array, axes: number, what: string): Tensor<Uint8Array> {
  checkUnpacked(bytes, what);
  checkHeader(bytes, axes, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  // A copy: `slice` of a Buffer of Node's is a view.
  const data = Uint8Array.from(bytes.subarray(4 + 4 * axes));
  const size = shape.reduce((product, length) => product * length, 1);
  if (size === 0) {
    throw new LabError("EMPTY", `${what} has the shape [${shape.join(", ")}]`, "Give at least one example.");
  }
  if (data.length !== size) {
    throw new LabError(
      "BAD_LENGTH",
      `${what} has ${data.length} bytes of data, its header says ${size}`,
      "Fetch the file again: it is not whole.",
    );
  }
  return { shape, data };
}

function checkHeader(bytes: Uint8Array, axes: number, what: string): void {
  const expected = [0, 0, 8, axes];
  const magic = [...bytes.subarray(0, 4)];
  if (magic.join() !== expected.join()) {
    throw new LabError(
      "BAD_MAGIC",
      `${what} starts with the bytes [${magic.join(", ")}], IDX with ${axes} axes of bytes with [${expected.join(", ")}]`,
      "Give the file of images as images, and that of labels as labels.",
    );
  }
  if (bytes.length < 4 + 4 * axes) {
    throw new LabError(
      "BAD_LENGTH",
      `${what} has ${bytes.length} bytes, less than its header`,
      "Fetch the file again: it is not whole.",
    );
  }
}
