import { LabError } from "../../../src/core/errors.js";
import type { LabCell } from "../../../src/lab/cells.js";
import { splitCells } from "../percent-cells.js";

/** The text of a cell with solutions, or as students get it. */
export type CellText = "reference" | "source";

/** A cell, and where its lines stand in `notebook.ts`. */
export interface LocatedCell {
  readonly cell: LabCell;
  /** The line of its marker, from 1. */
  readonly markerLine: number;
  /** For each line of the reference text: its line in the file, and whether it lies within a solution. */
  readonly reference: readonly { readonly line: number; readonly isSolution: boolean }[];
  /** For each line of the students' text: its line in the file; of a placeholder, where its solution begins. */
  readonly source: readonly number[];
}

/** Finds a lab's cells in the file that they were read from, which has one marker for each of them. */
export function locateCells(text: string, cells: readonly LabCell[]): LocatedCell[] {
  const raw = splitCells(
    text,
    (line, problem, nextStep) => new LabError("BAD_LAB_SOURCE", `notebook.ts:${line}: ${problem}`, nextStep),
  );
  return cells.flatMap((cell, index) => {
    const own = raw.cells[index];
    return own ? [locate(cell, own.line, own.body)] : [];
  });
}

/** "notebook.ts:12" for a line of the cell's text, counted from 0. */
export function placeOf(located: LocatedCell, text: CellText, line: number): string {
  const at = text === "reference" ? located.reference[line]?.line : located.source[line];
  return `notebook.ts:${at ?? located.markerLine}`;
}

function locate(cell: LabCell, markerLine: number, body: readonly string[]): LocatedCell {
  const reference: { line: number; isSolution: boolean; text: string }[] = [];
  const source: { line: number; text: string }[] = [];
  let isSolution = false;
  for (const [index, text] of body.entries()) {
    const line = markerLine + 1 + index;
    const edge = /^\s*\/\/ (BEGIN|END) SOLUTION\s*$/.exec(text)?.[1];
    if (edge === undefined) {
      reference.push({ line, isSolution, text });
      if (!isSolution) source.push({ line, text });
    } else {
      isSolution = edge === "BEGIN";
      if (isSolution) source.push({ line, text });
    }
  }
  // Blank lines at the top of a cell are cut off; in a cell of text, a lone "//" is one.
  const blank = cell.role === "prose" || cell.role === "written" ? /^\s*(\/\/\s*)?$/ : /^\s*$/;
  const fromFirst = <T extends { readonly text: string }>(lines: readonly T[]): readonly T[] =>
    lines.slice(
      Math.max(
        0,
        lines.findIndex(({ text }) => !blank.test(text)),
      ),
    );
  return {
    cell,
    markerLine,
    reference: fromFirst(reference).map(({ line, isSolution }) => ({ line, isSolution })),
    source: fromFirst(source).map(({ line }) => line),
  };
}
