import type { Note } from "./notes.js";
import type { AuthoredCell } from "./read-notebook.js";

/** Says where the text above a question promises other points than its tests give. */
export function noteStatedPoints(
  answer: AuthoredCell,
  cells: readonly AuthoredCell[],
  points: number,
  notes: Note[],
): void {
  const above = cells.slice(0, answer.number - 1);
  const last = above.findLastIndex(({ nbgrader: mark }) => mark?.solution || mark?.grade || mark?.task);
  for (const { number, type, text } of above.slice(last + 1)) {
    const stated =
      type === "markdown" ? /\b(\d+(?:\.\d+)?) *(?:points?|pts?|marks?)\b/i.exec(text)?.[1] : undefined;
    if (stated === undefined || Number(stated) === points) continue;
    notes.push({
      cell: number,
      text: `the text promises ${stated} points, and the tests of cell ${answer.number} give ${points}: correct one of them`,
    });
    return;
  }
}
