import { LabError } from "../../core/errors.js";
import type { ReleaseCell, ReleaseSource } from "../cells.js";
import type { Notebook } from "../notebook.js";
import { printable } from "../printable.js";
import { noticesOf } from "./notices.js";
import { type FoundCell, type PlacedCell, sortSubmission } from "./sort.js";
import { type WrittenText, writtenTexts } from "./written.js";

/** A cell that the grader runs. */
export interface RunCell {
  /** Unique in its notebook, and never the student's choice: "q1", its second copy "q1-2", "extra-1". */
  readonly id: string;
  readonly role: "code" | "answer" | "extra";
  readonly source: string;
  /** The question that an answer cell answers. */
  readonly question?: string;
}

export interface Restored {
  /** In the order in which they run. */
  readonly cells: readonly RunCell[];
  /** One for each written answer of the release, in its order. */
  readonly written: readonly WrittenText[];
  /** What was put back, ignored or missing, one line each. */
  readonly notices: readonly string[];
}

const restoreLimits = { cells: 500, sourceCharacters: 1024 * 1024 } as const;

/**
 * Makes of a submission what is graded: locked cells as the release has them, answers as the student has them.
 * The rules stand in docs/restore.md; they decide on ids and places alone, never on what a cell says.
 *
 * @throws LabError WRONG_LAB for a notebook of another lab, NOTEBOOK_TOO_LARGE above the limits.
 */
export function restore(notebook: Notebook, lab: ReleaseSource, labId: string): Restored {
  refuseOtherLab(notebook, labId);
  const sorted = sortSubmission(notebook, lab);
  if (sorted.found.every(({ submitted }) => submitted === undefined))
    throw new LabError("WRONG_LAB", `no cell of ${labId} is in the notebook`, `Hand in ${labId}.ipynb.`);
  const cells = named([...placed(sorted.first), ...sorted.found.flatMap(runCells)]);
  const written = writtenTexts(sorted.found);
  refuseTooMuch(cells, written);
  return { cells, written, notices: noticesOf(notebook, lab, sorted) };
}

type UnnamedCell = Omit<RunCell, "id"> & { readonly base: string };

// What runs at one place of the release: the cell itself, and what the student put behind it.
function runCells({ cell, submitted, behind }: FoundCell): UnnamedCell[] {
  const rest = placed(behind);
  if (cell.role === "code") return [{ base: cell.id, role: "code", source: cell.source }, ...rest];
  return cell.role === "answer" && submitted ? [answer(cell, submitted.source), ...rest] : rest;
}

function placed(cells: readonly PlacedCell[]): UnnamedCell[] {
  return cells.map(({ source, copyOf }) =>
    copyOf ? answer(copyOf, source) : { base: "extra", role: "extra", source },
  );
}

function answer(cell: ReleaseCell, source: string): UnnamedCell {
  return { base: cell.id, role: "answer", source, ...(cell.question ? { question: cell.question } : {}) };
}

function named(cells: readonly UnnamedCell[]): RunCell[] {
  const count = new Map<string, number>();
  return cells.map(({ base, ...cell }) => {
    const number = (count.get(base) ?? 0) + 1;
    count.set(base, number);
    return { id: number === 1 && base !== "extra" ? base : `${base}-${number}`, ...cell };
  });
}

function refuseOtherLab({ edgelab }: Notebook, labId: string): void {
  if (edgelab && edgelab.lab !== labId)
    throw new LabError(
      "WRONG_LAB",
      `this is the notebook of "${printable(edgelab.lab)}", not of ${labId}`,
      `Hand in ${labId}.ipynb.`,
    );
}

function refuseTooMuch(cells: readonly RunCell[], written: readonly WrittenText[]): void {
  const texts = [...cells.map(({ source }) => source), ...written.map(({ text }) => text)];
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  if (cells.length <= restoreLimits.cells && characters <= restoreLimits.sourceCharacters) return;
  throw new LabError(
    "NOTEBOOK_TOO_LARGE",
    `the notebook has ${cells.length} cells to run, and ${characters} characters to run or read; ` +
      `${restoreLimits.cells} and ${restoreLimits.sourceCharacters} are allowed`,
    "Remove what is not needed, and hand it in again.",
  );
}
