import type { LabCell, LabSource } from "../../src/lab/cells.js";
import type { Notebook, NotebookCell } from "../../src/lab/notebook.js";

/** A code cell that runs where the student put it: one of their own, or a further copy of an answer. */
export interface PlacedCell {
  readonly source: string;
  readonly copyOf: LabCell | undefined;
}

/** What a submission has of one cell of the release. */
export interface FoundCell {
  readonly cell: LabCell;
  /** Its first copy, for an answer its first copy that is code. */
  readonly submitted: NotebookCell | undefined;
  /** How many more there are. */
  readonly copies: number;
  /** What runs behind it, in order. */
  readonly behind: readonly PlacedCell[];
}

export interface SortedSubmission {
  /** The student's cells above all that are known. */
  readonly first: readonly PlacedCell[];
  /** One for each cell of the release, in its order. */
  readonly found: readonly FoundCell[];
}

type Slot = {
  cell: LabCell;
  place: number;
  submitted: NotebookCell | undefined;
  copies: number;
  behind: PlacedCell[];
};

/** Says of each submitted cell which cell of the release it is, or behind which one it stands. */
export function sortSubmission(notebook: Notebook, lab: LabSource): SortedSubmission {
  const first: PlacedCell[] = [];
  const slots = lab.cells.map(
    (cell, place): Slot => ({ cell, place, submitted: undefined, copies: 0, behind: [] }),
  );
  const byId = new Map(slots.map((slot) => [slot.cell.id, slot]));
  const lastCopy = new Map<Slot, Slot>();
  let above: Slot | undefined;

  for (const submitted of notebook.cells) {
    const slot = knownAs(submitted, byId);
    const isCode = submitted.type === "code";
    if (slot === undefined || (slot.cell.role === "prose" && isCode)) {
      if (isCode) (above?.behind ?? first).push({ source: submitted.source, copyOf: undefined });
    } else if (slot.cell.role === "answer" && !isCode) {
      // An answer that is text now answers nothing; a code cell of the same id may still follow.
    } else if (slot.submitted === undefined) {
      slot.submitted = submitted;
      above = slot;
    } else {
      slot.copies += 1;
      if (slot.cell.role !== "answer") continue;
      const behind = later(above, lastCopy.get(slot) ?? slot);
      behind.behind.push({ source: submitted.source, copyOf: slot.cell });
      lastCopy.set(slot, behind);
    }
  }
  return { first, found: slots };
}

function knownAs({ id, edgelab }: NotebookCell, byId: ReadonlyMap<string, Slot>): Slot | undefined {
  return byId.get(id ?? "") ?? byId.get(edgelab?.id ?? "");
}

// A copy never runs before an earlier copy of the same answer, wherever the cells between them have gone: the
// last one in the notebook has to be the last to define its functions.
function later(above: Slot | undefined, copy: Slot): Slot {
  return above && above.place > copy.place ? above : copy;
}
