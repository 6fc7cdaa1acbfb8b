import type { LabCell, LabSource } from "../../src/lab/cells.js";
import { isLocked } from "../../src/lab/cells.js";
import type { LabManifest } from "../../src/lab/manifest.js";
import { releaseOf } from "../../src/lab/release.js";
import { type JsonCell, jsonCell, jsonNotebook, jsonText } from "./build-json.js";

/** The three things that are built from a lab's source, as the texts of JSON files. */
export interface BuiltLab {
  /** What students get: the starter, and so what an untouched submission looks like. */
  readonly student: string;
  /** The same with the solutions. */
  readonly reference: string;
  /** What was handed out, without solutions: `release.json`, by which `submit` and `check` know the lab. */
  readonly release: string;
}

/** Builds a lab's notebooks; the same source gives the same bytes. */
export function buildNotebooks(source: LabSource, manifest: LabManifest): BuiltLab {
  const edgelab = { lab: manifest.id, release: source.release };
  const notebook = (textOf: (cell: LabCell) => string): string =>
    jsonNotebook(
      source.cells.map((cell) => notebookCell(cell, textOf(cell))),
      edgelab,
    );
  return {
    student: notebook((cell) => cell.source),
    reference: notebook((cell) => cell.reference),
    release: jsonText(releaseOf(source, manifest)),
  };
}

function notebookCell(cell: LabCell, text: string): JsonCell {
  const { id, role, question } = cell;
  const edgelab = question === undefined ? { id, role } : { id, question, role };
  const metadata = isLocked(role) ? { deletable: false, edgelab, editable: false } : { edgelab };
  const type = role === "prose" || role === "written" ? "markdown" : "code";
  return jsonCell({ type, id, metadata, text });
}
