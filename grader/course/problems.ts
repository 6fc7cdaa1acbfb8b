import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";

/** Where a value stands in the file: keys of mappings, and numbers of a list's entries. */
export type Path = readonly PropertyKey[];

/** One thing that is wrong in course.yaml. */
export interface Problem {
  readonly path: Path;
  readonly problem: string;
  /** What to write instead. */
  readonly nextStep: string;
}

/** Notes a problem; reading goes on, so that all of them can be told at once. */
export type Complain = (path: Path, problem: string, nextStep: string) => void;

const shown = 10;

/** One error for all problems, each with its line, in the order of the lines. */
export function courseError(
  file: string,
  problems: readonly Problem[],
  lineOf: (path: Path) => number,
): LabError {
  const lines = problems
    .map((one) => ({ ...one, line: lineOf(one.path) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, problem, nextStep }) => ({ problem: `${file}:${line}: ${problem}`, nextStep }));
  const told = lines.slice(0, shown);
  const last = told.pop() ?? { problem: `${file}:1: there is nothing in it`, nextStep: "Write a title." };
  if (lines.length === 1) return badCourse(last.problem, last.nextStep);
  const head = `${file} has ${lines.length} problems:\n`;
  const above = told.map(({ problem, nextStep }) => `  ${problem}. ${nextStep}\n`).join("");
  const more = lines.length > shown ? `\n  and ${lines.length - shown} more` : "";
  return badCourse(`${head}${above}  ${last.problem}`, `${last.nextStep}${more}`);
}

export function badCourse(problem: string, nextStep: string): LabError {
  return new LabError("BAD_COURSE", problem, nextStep);
}

/** A value of the file, as an error shows it. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  return `"${printable(String(value))}"`;
}
