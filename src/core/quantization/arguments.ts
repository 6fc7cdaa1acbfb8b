import { LabError } from "../errors.js";

/** Bits that a code may have: one byte holds it, and with one bit no symmetric code is left. */
export function checkBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new LabError("BAD_BITS", `bits must be an integer from 2 to 8, got ${bits}`, "Use 8 for a byte.");
  }
}

export function checkScale(scale: number): void {
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new LabError(
      "BAD_SCALE",
      `scale must be positive and finite, got ${scale}`,
      "Take it from affineParams or symmetricScale, which answer 1 for data that is all zero.",
    );
  }
}

export function checkZeroPoint(zeroPoint: number, bits: number): void {
  if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint > 2 ** bits - 1) {
    throw new LabError(
      "BAD_ZERO_POINT",
      `the zero point must be an integer from 0 to ${2 ** bits - 1}, got ${zeroPoint}`,
      "It is one of the codes: round it, and let the range contain 0.",
    );
  }
}

/** Not-a-number has no nearest code. Infinity has one: it saturates. */
export function checkNoNaN(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      throw new LabError(
        "NOT_A_NUMBER",
        `${what} is NaN at index ${i}`,
        "Look for a division by zero before quantization.",
      );
    }
  }
}

interface Countable {
  readonly length: number;
}

export function checkSameLength(a: Countable, b: Countable, what: string): void {
  if (a.length !== b.length) {
    throw new LabError(
      "BAD_LENGTH",
      `${what} must have the same length, got ${a.length} and ${b.length}`,
      "Pass two arrays of the same tensor.",
    );
  }
}
