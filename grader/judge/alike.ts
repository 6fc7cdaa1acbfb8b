/** Two units in the last place of a float32, relative: as far as float32 and float64 arithmetic of one formula come apart. */
const float32Slack = 2 ** -22;

/**
 * Whether two replies say the same: numbers within float32 rounding, 0 and -0 alike, integers exactly; arrays of one
 * kind and length, and records of the same keys, element by element.
 */
export function alike(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return sameNumber(a, b);
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return sameKind(a, b) && sameElements(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return sameElements(a, b);
  if (isRecord(a) && isRecord(b)) return sameRecord(a, b);
  return Object.is(a, b);
}

function sameNumber(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  if (Number.isInteger(a) && Number.isInteger(b)) return false;
  return Math.abs(a - b) <= float32Slack * Math.max(Math.abs(a), Math.abs(b));
}

function sameKind(a: unknown, b: unknown): a is ArrayLike<unknown> {
  return Object.prototype.toString.call(a) === Object.prototype.toString.call(b);
}

function sameElements(a: unknown, b: unknown): boolean {
  const [left, right] = [Array.from(a as ArrayLike<unknown>), Array.from(b as ArrayLike<unknown>)];
  return left.length === right.length && left.every((value, i) => alike(value, right[i]));
}

function sameRecord(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && alike(a[key], b[key]))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
