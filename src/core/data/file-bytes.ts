import { LabError } from "../errors.js";

/** Throws a LabError for bytes that are still packed: the library has no decompressor. */
export function checkUnpacked(bytes: Uint8Array, what: string): void {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new LabError(
      "COMPRESSED",
      `${what} is compressed with gzip`,
      "Unpack it first: gunzip, tar xzf, or gunzipSync of node:zlib.",
    );
  }
}

/** Pixels from 0 to 1. */
export function scaled(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i]! / 255;
  return values;
}
