import type { LocatedCell } from "./notebook-lines.js";

/** A line of text, and where it stands. */
export interface ProseLine {
  readonly text: string;
  readonly line: number;
}

/** The lines of all text cells, in their order; code and formulas are blanked out, since they hold no links. */
export function proseLines(cells: readonly LocatedCell[]): ProseLine[] {
  return cells
    .filter(({ cell }) => cell.role === "prose" || cell.role === "written")
    .flatMap((located) =>
      withoutCode(located.cell.source)
        .split("\n")
        .map((text, index) => ({ text, line: located.source[index] ?? located.markerLine })),
    );
}

function withoutCode(markdown: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, " ");
  return markdown
    .replace(/^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, blank)
    .replace(/(`+)[^`\n](?:[^\n]*?[^`\n])?\1(?!`)/g, blank)
    .replace(/\$\$[\s\S]*?\$\$/g, blank)
    .replace(/\$[^$\n]+\$/g, blank);
}

/** How many words a reader reads: what holds a letter or a digit. */
export function countWords(markdown: string): number {
  return markdown.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
