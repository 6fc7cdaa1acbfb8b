/**
 * Names a value by its kind, and only numbers by their content: what a student's code returned is hostile,
 * and a message travels to terminals and pages.
 */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `a ${value.constructor.name} of ${(value as Uint8Array).length}`;
  }
  if (typeof value === "object") return value instanceof Error ? "an error" : "an object";
  return `a ${typeof value}`;
}

/** Six significant digits are enough to see a difference, and few enough to read. */
export function formatNumber(x: number): string {
  if (Object.is(x, -0)) return "-0";
  return Number.isInteger(x) && Math.abs(x) < 1e15 ? String(x) : String(Number(x.toPrecision(6)));
}

/** Both numbers with as many digits as it takes to tell them apart. */
export function formatPair(a: number, b: number): readonly [string, string] {
  const short = [formatNumber(a), formatNumber(b)] as const;
  return short[0] === short[1] ? [String(a), String(b)] : short;
}
