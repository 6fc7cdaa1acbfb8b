import { sourceLines, visibleCell } from "../export-source/visible.js";
import { isMarker } from "../percent-cells.js";
import { asComments, isOurLanguage, withoutMagics } from "./foreign-code.js";
import { counted, type Note, type SourceCell, sourceCell } from "./notes.js";
import type { AuthoredCell, AuthoredNotebook } from "./read-notebook.js";

/** What becomes of a cell of text or code that no other tool has marked: none for an empty or a raw one. */
export function ordinaryCell(
  cell: AuthoredCell,
  language: AuthoredNotebook["language"],
  notes: Note[],
): SourceCell[] {
  const { number, type, text } = cell;
  if (text.trim() === "") return [];
  if (type === "raw") {
    notes.push({ cell: number, text: "a raw cell was left out; make it a text cell if students need it" });
    return [];
  }
  if (type === "code" && !isOurLanguage(language) && !isMarker(firstLine(text))) {
    notes.push({
      cell: number,
      text: `code for the kernel "${language}" became comments in an explore cell; write it in TypeScript`,
    });
    return [sourceCell(number, "// %% explore", asComments(text))];
  }
  const { blankBelow } = cell.edgelab ?? {};
  const lines = untouchedLines(cell) ?? translated(cell, language, notes);
  return [
    { from: number, lines: withoutBlankEnd(lines), ...(blankBelow === undefined ? {} : { blankBelow }) },
  ];
}

// What the export kept beside the cell is how its author wrote it: right as long as nobody has edited the cell.
function untouchedLines({ type, text, edgelab }: AuthoredCell): readonly string[] | undefined {
  if (edgelab?.lines === undefined) return undefined;
  const shown = visibleCell(edgelab.lines);
  return shown.type === type && shown.text === text ? edgelab.lines : undefined;
}

function translated(
  { number, type, text }: AuthoredCell,
  language: string | undefined,
  notes: Note[],
): string[] {
  if (type !== "code") {
    for (const [index, line] of text.split("\n").entries())
      if (/^\s*%%/.test(line))
        notes.push({ cell: number, text: `line ${index + 1} began with %%, which begins a cell: now \\%%` });
    return sourceLines({ type: "markdown", text });
  }
  // In TypeScript a line may well begin with the operator %.
  const { code, lines } = language === undefined ? withoutMagics(text) : { code: text, lines: [] };
  if (lines.length > 0)
    notes.push({
      cell: number,
      text: `the kernel of our labs knows no magic commands: ${counted(lines.length, "line")} became comments (line ${lines.join(", ")})`,
    });
  return sourceLines({ type: "code", text: code });
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}
