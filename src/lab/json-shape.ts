import { LabError } from "../core/errors.js";

/** What a JSON text may cost to parse, beyond its length. */
export interface JsonLimits {
  readonly depth: number;
  readonly containers: number;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Refuses JSON that would cost far more memory than its length says: very deep, or made of millions of empty
 * objects. Looks at brackets outside of strings only; whether the rest is JSON is for the parser to say.
 */
export function checkJsonShape(bytes: Uint8Array, limits: JsonLimits): void {
  let depth = 0;
  let containers = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) i = endOfString(bytes, i);
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      containers += 1;
      if (depth > limits.depth) throw tooMuch(`is nested more than ${limits.depth} levels deep`);
      if (containers > limits.containers)
        throw tooMuch(`has more than ${limits.containers} lists and objects`);
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1;
  return i;
}

function tooMuch(what: string): LabError {
  return new LabError(
    "NOTEBOOK_TOO_LARGE",
    `the file ${what}`,
    "Clear the outputs, save it and hand it in again.",
  );
}
