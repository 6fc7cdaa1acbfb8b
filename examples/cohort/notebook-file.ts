import type { LabSource } from "../../src/lab/cells.js";

/** A cell of a notebook file, as far as a student changes it. */
export interface FileCell {
  readonly cell_type: string;
  readonly id: string;
  readonly metadata: object;
  readonly source: readonly string[];
}

interface NotebookFile {
  readonly cells: readonly FileCell[];
}

/** What a student does to a notebook: given its cells, gives those that are handed in. */
export type Edit = (cells: readonly FileCell[]) => readonly FileCell[];

/** The notebook's text after some edits, saved as Jupyter saves it. */
export function edited(starter: string, ...edits: readonly Edit[]): string {
  const notebook: NotebookFile = JSON.parse(starter);
  const cells = edits.reduce((current, edit) => edit(current), notebook.cells);
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

/** Writes another text into a cell. */
export function write(id: string, text: string): Edit {
  return replace(id, (cell) => [{ ...cell, source: linesOf(text) }]);
}

/** Puts another cell, or none, or several, in the place of one. */
export function replace(id: string, by: (cell: FileCell) => readonly FileCell[]): Edit {
  return (cells) => {
    if (!cells.some((cell) => cell.id === id)) throw new Error(`there is no cell ${id}`);
    return cells.flatMap((cell) => (cell.id === id ? by(cell) : [cell]));
  };
}

export function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

/** A text with some of its places changed, each of which must be there once. */
export function change(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((current, [from, to]) => {
    const [before, after, ...more] = current.split(from);
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`"${from}" must be there once`);
    return before + to + after;
  }, text);
}

/** The reference answer of a question. */
export function referenceOf(lab: LabSource, question: string): string {
  const cell = lab.cells.find(({ role, question: own }) => role === "answer" && own === question);
  if (!cell) throw new Error(`there is no question ${question}`);
  return cell.reference;
}
