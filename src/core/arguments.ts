import { LabError } from "./errors.js";

/** Checks of arguments that every technique shares: each throws one `LabError`, or returns nothing. */

/** What a value is, for messages about values of another kind than was asked for. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  if (typeof name !== "string" || name === "Object") return "an object of another kind";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

/** A value of a wrong kind: types keep it out, but not every notebook and program is checked for types. */
export function wrongKind(what: string, value: unknown, nextStep: string): LabError {
  const awaited = value instanceof Promise ? "Write await before the call that made it." : nextStep;
  return new LabError("WRONG_KIND", `${what} is ${describeKind(value)}`, awaited);
}

interface Countable {
  readonly length: number;
}

export function checkNotEmpty(values: Countable, what: string): void {
  if (values.length === 0) {
    throw new LabError("EMPTY", `${what} has no elements`, "Pass a tensor with at least one element.");
  }
}

/** Not-a-number has no nearest code and no place in an order. Infinities do. */
export function checkNoNaN(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      throw new LabError(
        "NOT_A_NUMBER",
        `there is NaN in ${what}, at index ${i}`,
        "Look before this step: a gap in the data, a division by zero, a training run that diverged.",
      );
    }
  }
}

export function checkFinite(values: ArrayLike<number>, what: string): void {
  checkNoNaN(values, what);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new LabError(
        "NOT_FINITE",
        `there is ${values[i]} in ${what}, at index ${i}`,
        "Remove or clip infinities first: no finite range holds them.",
      );
    }
  }
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

/** The axis counted from the front: -1 is the last one. */
export function checkAxis(axis: number, shape: readonly number[]): number {
  const counted = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= shape.length) {
    throw new LabError(
      "BAD_AXIS",
      `shape [${shape.join(", ")}] has no axis ${axis}`,
      `Give an integer from ${-shape.length} to ${shape.length - 1}.`,
    );
  }
  return counted;
}

export function checkSparsity(sparsity: number): void {
  if (!(typeof sparsity === "number" && sparsity >= 0 && sparsity < 1)) {
    throw new LabError(
      "BAD_SPARSITY",
      `sparsity must be in [0, 1), got ${sparsity}`,
      "Use 0.5 to remove half of the weights.",
    );
  }
}

/** An integer option with both bounds included. */
export function checkInteger(value: number, name: string, low: number, high = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    const range = high === Number.MAX_SAFE_INTEGER ? `${low} or more` : `from ${low} to ${high}`;
    throw new LabError("BAD_INTEGER", `${name} must be an integer ${range}, got ${value}`, `Change ${name}.`);
  }
}

/** A real option with both bounds included. */
export function checkNumber(value: number, name: string, low: number, high: number): void {
  if (!(typeof value === "number" && value >= low && value <= high)) {
    throw new LabError(
      "BAD_NUMBER",
      `${name} must be from ${low} to ${high}, got ${value}`,
      `Change ${name}.`,
    );
  }
}

/** A size that comes from an argument, before memory is taken for it: a gigabyte of float32 is the most. */
export function checkAllocatable(size: number, what: string): void {
  if (size > 2 ** 28) {
    throw new LabError(
      "TOO_LARGE",
      `${what} would have ${size} elements`,
      "2^28 are the most: work in parts.",
    );
  }
}
