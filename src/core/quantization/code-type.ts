import { LabError } from "../errors.js";
import type { NumberArray } from "../tensor.js";
import type { Codes, CodeType } from "./scheme.js";

/** Two ends of a run of codes, both included. */
export interface CodeRange {
  readonly codeMin: number;
  readonly codeMax: number;
}

/** The sign and the bits that a code type's name says. */
export function parseCodeType(type: CodeType): { signed: boolean; bits: number } {
  const [, unsigned, digits] = /^(u?)int([1-9]\d*)$/.exec(type) ?? [];
  const bits = Number(digits);
  if (!(bits >= 2 && bits <= 16)) {
    throw new LabError(
      "BAD_CODE_TYPE",
      `${JSON.stringify(type)} is no type of codes`,
      'Use "int8" or "uint8", or another number of bits from 2 to 16.',
    );
  }
  return { signed: unsigned === "", bits };
}

/** Every code of a type: -2^(b-1) to 2^(b-1) - 1, or 0 to 2^b - 1. */
export function fullRange(type: CodeType): CodeRange {
  const { signed, bits } = parseCodeType(type);
  const codeMin = signed ? -(2 ** (bits - 1)) : 0;
  return { codeMin, codeMax: codeMin + 2 ** bits - 1 };
}

/** The smallest array that holds codes of a type. */
export function codeArray(type: CodeType, length: number): Codes {
  const { signed, bits } = parseCodeType(type);
  if (bits <= 8) return signed ? new Int8Array(length) : new Uint8Array(length);
  return signed ? new Int16Array(length) : new Uint16Array(length);
}

/**
 * The name of a typed array's class, such as "Int8Array". The class itself says less: arrays that come from a
 * notebook or a sandbox are of another realm, where it is another one.
 */
export function arrayName(array: { readonly [Symbol.toStringTag]: string }): string {
  return array[Symbol.toStringTag];
}

/** Whether an array holds signed codes. */
export function holdsSigned(codes: Codes): boolean {
  return arrayName(codes).startsWith("Int");
}

/** Whether an array holds codes of a byte each. */
export function holdsBytes(codes: NumberArray): codes is Int8Array | Uint8Array {
  return arrayName(codes) === "Int8Array" || arrayName(codes) === "Uint8Array";
}
