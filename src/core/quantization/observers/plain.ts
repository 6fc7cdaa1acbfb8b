import { describeKind } from "../../arguments.js";
import { LabError } from "../../errors.js";

/** A value for a message. Of objects only the kind: they can be nested too deeply to be written out. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return describeKind(value);
}

/** Throws a LabError for an option that no other check can show: those of numbers and texts say the rest. */
export function checkPlain(value: unknown, name: string): void {
  if (value === null || !["object", "function", "symbol", "bigint"].includes(typeof value)) return;
  throw new LabError("BAD_OPTION", `${name} can't be ${describeKind(value)}`, `Change ${name}.`);
}
