import type { ReleaseCell, ReleaseSource } from "../cells.js";
import type { Notebook, NotebookCell } from "../notebook.js";

/** A code cell that runs where the student put it: one of their own, or a further copy of an answer. */
export interface PlacedCell {
  readonly source: string;
  readonly copyOf: ReleaseCell | undefined;
}

/** What a submission has of one cell of the release. */
export interface FoundCell {
  readonly cell: ReleaseCell;
  /** Its first copy, for an answer its first copy that is code, for a written answer its first that is text. */
  readonly submitted: NotebookCell | undefined;
  /** How many more there are. */
  readonly copies: number;
  /** What runs behind it, in order. */
  readonly behind: readonly PlacedCell[];
  /** Of a written answer: what it, its copies and the student's own text behind it say, in the notebook's order. */
  readonly texts: readonly string[];
}

export interface SortedSubmission {
  /** The student's cells above all that are known. */
  readonly first: readonly PlacedCell[];
  /** One for each cell of the release, in its order. */
  readonly found: readonly FoundCell[];
}

type Slot = {
  cell: ReleaseCell;
  place: number;
  submitted: NotebookCell | undefined;
  copies: number;
  behind: PlacedCell[];
  texts: string[];
};

/** Says of each submitted cell which cell of the release it is, or behind which one it stands. */
export function sortSubmission(notebook: Notebook, lab: ReleaseSource): SortedSubmission {
  const first: PlacedCell[] = [];
  const slots = lab.cells.map(
    (cell, place): Slot => ({ cell, place, submitted: undefined, copies: 0, behind: [], texts: [] }),
  );
  const byId = new Map(slots.map((slot) => [slot.cell.id, slot]));
  const inText = writtenInText(notebook, byId);
  const lastCopy = new Map<Slot, Slot>();
  let above: Slot | undefined;

  for (const submitted of notebook.cells) {
    const slot = knownAs(submitted, byId);
    const isCode = submitted.type === "code";
    if (slot === undefined || (isCode && (slot.cell.role === "prose" || inText.has(slot)))) {
      if (isCode) (above?.behind ?? first).push({ source: submitted.source, copyOf: undefined });
      else if (above?.cell.role === "written") above.texts.push(submitted.source);
    } else if (slot.cell.role === "answer" && !isCode) {
      // An answer that is text now answers nothing; a code cell of the same id may still follow.
    } else if (slot.submitted === undefined) {
      slot.submitted = submitted;
      slot.texts.push(...(slot.cell.role === "written" ? [submitted.source] : []));
      above = slot;
    } else {
      slot.copies += 1;
      if (slot.cell.role === "written") slot.texts.push(submitted.source);
      if (slot.cell.role !== "answer") continue;
      const behind = later(above, lastCopy.get(slot) ?? slot);
      behind.behind.push({ source: submitted.source, copyOf: slot.cell });
      lastCopy.set(slot, behind);
    }
  }
  return { first, found: slots };
}

// A written answer that was made a code cell by accident is still an answer. Where it stands in a text cell too,
// a code cell of its name is something else: a copy that was made to write code in it.
function writtenInText(notebook: Notebook, byId: ReadonlyMap<string, Slot>): ReadonlySet<Slot> {
  const text = notebook.cells.filter(({ type }) => type !== "code");
  const slots = text.flatMap((cell) => knownAs(cell, byId) ?? []);
  return new Set(slots.filter(({ cell }) => cell.role === "written"));
}

function knownAs({ id, edgelab }: NotebookCell, byId: ReadonlyMap<string, Slot>): Slot | undefined {
  return byId.get(id ?? "") ?? byId.get(edgelab?.id ?? "");
}

// A copy never runs before an earlier copy of the same answer, wherever the cells between them have gone: the
// last one in the notebook has to be the last to define its functions.
function later(above: Slot | undefined, copy: Slot): Slot {
  return above && above.place > copy.place ? above : copy;
}
