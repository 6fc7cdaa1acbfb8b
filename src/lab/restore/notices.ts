import type { ReleaseCell, ReleaseSource } from "../cells.js";
import type { Notebook, NotebookCell } from "../notebook.js";
import { printable } from "../printable.js";
import { isSameText } from "./same-text.js";
import type { FoundCell, SortedSubmission } from "./sort.js";
import { writtenText } from "./written.js";

/** What a person should know about how a submission was restored, one line each, in the release's order. */
export function noticesOf(notebook: Notebook, lab: ReleaseSource, sorted: SortedSubmission): string[] {
  const release = notebook.edgelab?.release;
  const older =
    release !== undefined && release !== lab.release
      ? [`The notebook was made from release ${printable(release, 20)}; release ${lab.release} counts.`]
      : [];
  return [...older, ...sorted.found.flatMap((found) => cellNotices(found, notebook))];
}

function cellNotices(found: FoundCell, notebook: Notebook): string[] {
  const { cell, submitted, copies } = found;
  switch (cell.role) {
    case "prose":
      return [];
    case "code":
      return [...changed(found, "the release's text was run"), ...ignored(`locked cell ${cell.id}`, copies)];
    case "check":
      return [
        ...changed(found, "the grader runs its own tests"),
        ...ignored(`locked cell ${cell.id}`, copies),
      ];
    case "written":
      return written(found);
    case "explore":
      return [...unrun(found), ...ignored(`cell ${cell.id}, which is not graded,`, copies)];
    case "answer":
      if (submitted === undefined) return [missingAnswer(cell.id, notebook)];
      return copies === 0
        ? []
        : [
            `There are ${copies + 1} answer cells ${cell.id}: all ran, in their places, so the last definition counts.`,
          ];
  }
}

function changed({ cell, submitted }: FoundCell, instead: string): string[] {
  if (submitted === undefined) return [`The locked cell ${cell.id} was deleted; ${instead}.`];
  return isSame(submitted, cell) ? [] : [`The locked cell ${cell.id} was edited; ${instead}.`];
}

// An answer that calls a helper from such a cell works in Jupyter, and fails in the grader.
function unrun({ cell, submitted }: FoundCell): string[] {
  if (submitted?.type !== "code" || isSame(submitted, cell) || !definesName(submitted.source)) return [];
  return [`The cell ${cell.id} (explore) was changed; the grader does not run it.`];
}

function written(found: FoundCell): string[] {
  const { cell, submitted, copies } = found;
  const isAnswered = writtenText(found) !== "";
  if (submitted === undefined) return [`The cell of the written answer ${cell.id} is missing.`];
  return [
    ...(isAnswered ? [] : [`The written answer ${cell.id} is not given: nothing was written in its cell.`]),
    ...(submitted.type === "code"
      ? [`The written answer ${cell.id} is a code cell now: it was read as text, and not run.`]
      : []),
    ...(copies === 0 || !isAnswered
      ? []
      : [`There are ${copies + 1} cells of the written answer ${cell.id}: all of them were read.`]),
  ];
}

/** Whether a definition begins at the left margin: a quick look, not a parser, since it only gives notice. */
function definesName(source: string): boolean {
  return /^(export +)?(async +function\b|function\b|(abstract +class|class|const|let|var|enum|interface|type) +[^\s=])/m.test(
    source,
  );
}

function isSame(submitted: NotebookCell, cell: ReleaseCell): boolean {
  return submitted.type === "code" && isSameText(submitted.source, cell.source);
}

function missingAnswer(id: string, notebook: Notebook): string {
  const isText = notebook.cells.some((cell) => cell.id === id || cell.edgelab?.id === id);
  return isText
    ? `The answer cell ${id} is not a code cell any more: the question is unanswered.`
    : `The answer cell ${id} is missing: the question is unanswered.`;
}

function ignored(what: string, copies: number): string[] {
  if (copies === 0) return [];
  return [
    copies === 1 ? `A copy of the ${what} was ignored.` : `${copies} copies of the ${what} were ignored.`,
  ];
}
