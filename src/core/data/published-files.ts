import { LabError } from "../errors.js";

/**
 * SHA-256 of the files as they are published (still packed), from TensorFlow Datasets.
 *
 * @see https://github.com/tensorflow/datasets, tensorflow_datasets/url_checksums/{mnist,fashion_mnist,cifar10}.txt
 */
const checksums = {
  "mnist/train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  "mnist/train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  "mnist/t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  "mnist/t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
  "fashion-mnist/train-images-idx3-ubyte.gz":
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  "fashion-mnist/train-labels-idx1-ubyte.gz":
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
  "fashion-mnist/t10k-images-idx3-ubyte.gz":
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
  "fashion-mnist/t10k-labels-idx1-ubyte.gz":
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
  "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
} as const;

/** A file whose checksum is published. */
export type PublishedFile = keyof typeof checksums;

/**
 * Compares the bytes of a downloaded file, before it is unpacked, with the published checksum.
 *
 * @throws LabError where they differ, and for an unknown file.
 *
 * @example
 * ```ts
 * const cutShort = Uint8Array.of(31, 139, 8);
 * await verifyFile(cutShort, "mnist/t10k-labels-idx1-ubyte.gz").catch(({ code }) => code); // "BAD_CHECKSUM"
 * ```
 */
export async function verifyFile(bytes: Uint8Array, file: PublishedFile): Promise<void> {
  if (!Object.hasOwn(checksums, file)) {
    throw new LabError(
      "UNKNOWN_FILE",
      `no checksum of ${file} is known`,
      `Use one of ${Object.keys(checksums).join(", ")}.`,
    );
  }
  const actual = await sha256(bytes);
  if (actual !== checksums[file]) {
    throw new LabError(
      "BAD_CHECKSUM",
      `${file} has ${bytes.length} bytes with the SHA-256 ${actual}, published is ${checksums[file]}`,
      "Fetch the file again, and check it before it is unpacked.",
    );
  }
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
