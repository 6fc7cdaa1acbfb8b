import { printable } from "../lab/printable.js";

/** A column, ready to be written. */
export interface WrittenColumn {
  readonly header: string;
  readonly isNumeric: boolean;
  /** One text a row. */
  readonly cells: readonly string[];
}

/** Longer text would push all other columns aside. */
const maxCharacters = 200;
const none = "–";

/** Numbers of one column look alike: whole where all are whole, else with three significant digits. */
export function writeColumn(header: string, values: readonly unknown[]): WrittenColumn {
  const present = values.filter((value) => value !== undefined && value !== null);
  const numbers = present.filter((value) => typeof value === "number" || typeof value === "bigint");
  const isWhole = areWhole(numbers);
  return {
    header: printable(header, maxCharacters),
    isNumeric: present.length > 0 && numbers.length === present.length,
    cells: values.map((value) => cellText(value, isWhole)),
  };
}

/** Whether all that are finite are whole numbers, of a size that one reads digit by digit. */
function areWhole(numbers: readonly unknown[]): boolean {
  return numbers
    .filter((value) => typeof value === "number" && Number.isFinite(value))
    .every((value) => Number.isInteger(value) && Math.abs(value as number) < 1e9);
}

/**
 * A number as tables show it.
 *
 * @example
 * ```ts
 * numberText(0.0123456); // "0.0123"
 * numberText(-0.5); // "−0.500"
 * numberText(48_321.5); // "48,300"
 * numberText(0.00000123456); // "1.23e−6"
 * numberText(Number.NaN); // "NaN"
 * ```
 */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === Number.POSITIVE_INFINITY) return `${sign}∞`;
  if (size === 0) return "0";
  if (size < 1e-4 || size >= 1e9) return `${sign}${size.toExponential(2).replace("-", "−").replace("+", "")}`;
  const rounded = Number(size.toPrecision(3));
  return sign + (rounded < 1000 ? rounded.toPrecision(3) : rounded.toLocaleString("en-US"));
}

function cellText(value: unknown, isWhole: boolean): string {
  if (value === undefined || value === null) return none;
  if (typeof value === "bigint" || (typeof value === "number" && isWhole && Number.isFinite(value)))
    return value.toLocaleString("en-US").replace(/^-0?/, (sign) => (sign === "-0" ? "0" : "−"));
  if (typeof value === "number") return numberText(value);
  return printable(otherText(value), maxCharacters);
}

function otherText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? none : value.toISOString();
  if (typeof value === "object") return listText(value as object);
  return typeof value === "function" ? "function" : String(value);
}

const maxItems = 4;

function listText(value: object): string {
  if (!isList(value)) return "object";
  const items = Array.from(value).slice(0, maxItems);
  const shown = items.map((item) => (isObject(item) ? "…" : cellText(item, areWhole(items))));
  return value.length <= maxItems ? shown.join("; ") : `${shown.join("; ")}; … (${value.length} values)`;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

export function isList(value: object): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
