import { AssertionError } from "chai";
import { LabError } from "../core/errors.js";
import { describeValue, formatNumber, formatPair } from "./describe-value.js";

/**
 * Assertions for values that a student's code returned. Each looks at the type first, then the length, then
 * whether the numbers are finite, and only then at the numbers: nothing slips through by being NaN, too
 * short, or of a type that compares in another way. All throw chai's AssertionError.
 */

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
type TypedArrayClass<T extends TypedArray> = abstract new (length: number) => T;

/** Fails the test with this message. */
export function reject(message: string): never {
  throw new AssertionError(message);
}

/**
 * A number that is neither NaN nor infinite.
 *
 * @example
 * ```ts
 * finiteNumber("3", "scale"); // throws "scale: expected a finite number, got a string"
 * ```
 */
export function finiteNumber(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    reject(`${what}: expected a finite number, got ${describeValue(value)}`);
  }
  return value;
}

/** A whole number that float64 holds exactly. */
export function integer(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    reject(`${what}: expected an integer, got ${describeValue(value)}`);
  }
  return value;
}

/**
 * An object that has all of these keys itself. What they hold is still unknown.
 *
 * @example
 * ```ts
 * const { scale } = record({ scale: 0.5, zeroPoint: 2 }, ["scale", "zeroPoint"], "affineParams");
 * ```
 */
export function record<K extends string>(
  value: unknown,
  keys: readonly K[],
  what = "the result",
): Record<K, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    reject(`${what}: expected an object with ${keys.join(", ")}, got ${describeValue(value)}`);
  }
  const missing = keys.filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0) reject(`${what}: ${missing.join(", ")} is missing`);
  return value as Record<K, unknown>;
}

/** A typed array of exactly this class and length; one of floats holds finite numbers only. */
export function typedArray<T extends TypedArray>(
  value: unknown,
  kind: TypedArrayClass<T>,
  length: number,
  what = "the result",
): T {
  if (!(value instanceof kind)) {
    reject(`${what}: expected a ${kind.name}, got ${describeValue(value)}`);
  }
  checkLength(value, length, what);
  checkFinite(value, what);
  return value;
}

/** A plain array of this many finite numbers. */
export function numbers(value: unknown, length: number, what = "the result"): number[] {
  if (!Array.isArray(value)) reject(`${what}: expected an array of numbers, got ${describeValue(value)}`);
  checkLength(value, length, what);
  checkFinite(value, what);
  return value;
}

/**
 * The same integers in the same order, in a plain or typed array. -0 counts as 0.
 *
 * @example
 * ```ts
 * sameIntegers(Uint8Array.of(0, 185), [0, 186], "codes"); // throws "codes at index 1: got 185, expected 186"
 * ```
 */
export function sameIntegers(actual: unknown, expected: ArrayLike<number>, what = "the result"): void {
  const list = asList(actual, what);
  checkLength(list, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const got = integer(list[i], `${what} at index ${i}`);
    if (got !== expected[i]) reject(`${what} at index ${i}: got ${got}, expected ${expected[i]}`);
  }
}

/**
 * A number, or a plain or typed array of numbers, that differs from what is expected by no more than the
 * tolerance. A tolerance for an array is one for all, or one each.
 *
 * @example
 * ```ts
 * within(0.0215, 5.5 / 255, 1e-9, "scale"); // throws "scale: got 0.0215, expected 0.0215686 (within 1e-9)"
 * ```
 */
export function within(
  actual: unknown,
  expected: number | ArrayLike<number>,
  tolerance: number | ArrayLike<number>,
  what = "the result",
): void {
  if (typeof expected === "number") {
    checkClose(finiteNumber(actual, what), expected, toleranceAt(tolerance, 0), what);
    return;
  }
  const list = asList(actual, what);
  checkLength(list, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const place = `${what} at index ${i}`;
    checkClose(finiteNumber(list[i], place), expected[i] ?? Number.NaN, toleranceAt(tolerance, i), place);
  }
}

function checkClose(actual: number, expected: number, tolerance: number, what: string): void {
  // Written so that a NaN among the expected values fails the test instead of passing it.
  if (Math.abs(actual - expected) <= tolerance) return;
  const [got, wanted] = formatPair(actual, expected);
  reject(`${what}: got ${got}, expected ${wanted} (within ${formatNumber(tolerance)})`);
}

function toleranceAt(tolerance: number | ArrayLike<number>, index: number): number {
  const value = typeof tolerance === "number" ? tolerance : tolerance[index];
  if (value === undefined || !(value >= 0 && Number.isFinite(value))) {
    throw new LabError(
      "BAD_TOLERANCE",
      `the tolerance at index ${index} is ${value}`,
      "Derive a finite bound, such as half a step.",
    );
  }
  return value;
}

function asList(value: unknown, what: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as Uint8Array;
  return reject(`${what}: expected an array, got ${describeValue(value)}`);
}

function checkLength(value: ArrayLike<unknown>, length: number, what: string): void {
  if (value.length !== length) {
    reject(`${what}: expected ${length} ${length === 1 ? "value" : "values"}, got ${value.length}`);
  }
}

function checkFinite(value: ArrayLike<unknown>, what: string): void {
  for (let i = 0; i < value.length; i++) finiteNumber(value[i], `${what} at index ${i}`);
}
