import { LabError } from "../../../src/core/errors.js";
import type { AuthoredCell } from "./read-notebook.js";

/** A run of lines between two of nbgrader's markers, or outside of them. */
export interface Region {
  readonly inside: boolean;
  readonly lines: readonly string[];
}

/**
 * Splits a cell at "BEGIN …" and "END …" lines, in any comment style: nbgrader looks only for the words.
 *
 * @throws LabError UNBALANCED_MARKERS with the cell and the line.
 */
export function regionsOf(cell: AuthoredCell, words: "SOLUTION" | "HIDDEN TESTS" | "MARK SCHEME"): Region[] {
  const regions: { inside: boolean; lines: string[] }[] = [{ inside: false, lines: [] }];
  for (const [index, line] of cell.text.split("\n").entries()) {
    const edge = line.includes(`BEGIN ${words}`) ? "BEGIN" : line.includes(`END ${words}`) ? "END" : "";
    const inside = regions.at(-1)?.inside ?? false;
    if (edge === "") regions.at(-1)?.lines.push(line);
    else if ((edge === "BEGIN") === inside) throw unbalanced(cell, index + 1, `${edge} ${words}`);
    else regions.push({ inside: !inside, lines: [] });
  }
  if (regions.at(-1)?.inside) throw unbalanced(cell, cell.text.split("\n").length, `BEGIN ${words}`);
  return regions;
}

function unbalanced({ number }: AuthoredCell, line: number, marker: string): LabError {
  return new LabError(
    "UNBALANCED_MARKERS",
    `cell ${number}, line ${line}: "${marker}" has no partner`,
    "Each BEGIN needs one END behind it, in the same cell.",
  );
}
