import { LabError } from "../errors.js";
import { fromFloat16, toFloat16 } from "../float16.js";

/** Weights as text: all of them one after the other, IEEE half precision, low byte first, in base64. */
export function encodeWeights(weights: readonly Float32Array[]): string {
  const halves = weights.map(toFloat16);
  const count = halves.reduce((sum, { length }) => sum + length, 0);
  const view = new DataView(new ArrayBuffer(2 * count));
  let place = 0;
  for (const half of halves) {
    for (const code of half) {
      view.setUint16(place, code, true);
      place += 2;
    }
  }
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
}

/** What `encodeWeights` made, cut into arrays of the given sizes. */
export function decodeWeights(text: string, sizes: readonly number[]): Float32Array[] {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const count = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== 2 * count) {
    throw new LabError(
      "BAD_LENGTH",
      `the model has ${count} weights, ${bytes.length / 2} are stored`,
      "Make the stored models again: npm run assets -- models.",
    );
  }
  const view = new DataView(bytes.buffer);
  const values = fromFloat16(Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true)));
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return values.slice(start - size, start);
  });
}
