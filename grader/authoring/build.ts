import type { LabCell, LabSource } from "../../src/lab/cells.js";
import { isLocked } from "../../src/lab/cells.js";
import type { LabManifest } from "../../src/lab/manifest.js";

/** The three things that are built from a lab's source, as the texts of JSON files. */
export interface BuiltLab {
  /** What students get, which is also what an untouched submission looks like. */
  readonly student: string;
  /** The same with the solutions. */
  readonly reference: string;
  /** The cells that the grader puts back, for a course that keeps no source beside its gradebook. */
  readonly locked: string;
}

/** Builds a lab's notebooks; the same source gives the same bytes. */
export function buildNotebooks(source: LabSource, manifest: Pick<LabManifest, "id">): BuiltLab {
  return {
    student: notebookText(source, manifest.id, (cell) => cell.source),
    reference: notebookText(source, manifest.id, (cell) => cell.reference),
    locked: lockedText(source, manifest.id),
  };
}

// Keys in the order of the alphabet, one space of indentation, source as lines: the way Jupyter itself saves,
// so that opening and saving a notebook changes nothing that a diff would show.
function notebookText(source: LabSource, lab: string, textOf: (cell: LabCell) => string): string {
  return json({
    cells: source.cells.map((cell) => notebookCell(cell, textOf(cell))),
    metadata: {
      edgelab: { lab, release: source.release },
      kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
      language_info: {
        codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
        file_extension: ".ts",
        mimetype: "text/typescript",
        name: "typescript",
        version: "3.7.2", // what tslab says of itself, and so what Jupyter would write here
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

function notebookCell(cell: LabCell, text: string): object {
  const { id, role, question } = cell;
  const edgelab = question === undefined ? { id, role } : { id, question, role };
  const metadata = isLocked(role) ? { deletable: false, edgelab, editable: false } : { edgelab };
  const source = text.split(/(?<=\n)/);
  return role === "prose"
    ? { cell_type: "markdown", id, metadata, source }
    : { cell_type: "code", execution_count: null, id, metadata, outputs: [], source };
}

function lockedText({ cells, questions, release }: LabSource, lab: string): string {
  const locked = cells.filter((cell) => isLocked(cell.role));
  return json({
    cells: locked.map(({ id, role, question, source }) => ({ id, role, question, source })),
    lab,
    questions,
    release,
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
