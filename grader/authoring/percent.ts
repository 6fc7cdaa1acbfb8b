import { createHash } from "node:crypto";
import { LabError } from "../../src/core/errors.js";
import type { LabCell, LabSource, QuestionInfo, WrittenInfo } from "../../src/lab/cells.js";
import type { Complain } from "./markers.js";
import { type RawCell, splitCells } from "./percent-cells.js";
import { splitSolution } from "./solution.js";

/**
 * Reads `notebook.ts`: a Jupytext percent script whose markers say what each cell is for.
 *
 * @throws LabError with file and line: a marker that isn't known, unbalanced solution markers, an id used
 *   twice, a question without solution, a question or written answer without points or title, a check of a
 *   question that there isn't.
 */
export function parsePercent(text: string, file: Place = "notebook.ts"): LabSource {
  const complain = complainAbout(file);
  const raw = splitCells(text, complain).cells;
  refuseSameIds(raw, complain);
  const questions = questionsOf(raw);
  const written = writtenOf(raw);
  checkTargets(raw, questions, complain);
  const cells = withIds(raw.map((cell) => readCell(cell, complain)));
  return { cells, questions, written, release: releaseOf(cells, questions, written) };
}

/** A file's name, or how to name the place of a line where the text comes from somewhere else. */
export type Place = string | ((line: number) => string);

export function complainAbout(place: Place): Complain {
  const name = typeof place === "string" ? (line: number) => `${place}:${line}` : place;
  return (line, problem, nextStep) => new LabError("BAD_LAB_SOURCE", `${name(line)}: ${problem}`, nextStep);
}

function refuseSameIds(cells: readonly RawCell[], complain: Complain): void {
  const used = new Set<string>();
  for (const { marker, line } of cells) {
    if (marker.role !== "answer" && marker.role !== "written") continue;
    if (used.has(marker.id))
      throw complain(line, `there are two questions "${marker.id}"`, "Give each its own id.");
    used.add(marker.id);
  }
}

function questionsOf(cells: readonly RawCell[]): QuestionInfo[] {
  return cells.flatMap(({ marker }) => {
    if (marker.role !== "answer") return [];
    const { id, title, points } = marker;
    return [{ id, title, points }];
  });
}

function writtenOf(cells: readonly RawCell[]): WrittenInfo[] {
  return cells.flatMap(({ marker }) => {
    if (marker.role !== "written") return [];
    const { id, title, points, rubric } = marker;
    return [{ id, title, points, rubric }];
  });
}

function checkTargets(
  cells: readonly RawCell[],
  questions: readonly QuestionInfo[],
  complain: Complain,
): void {
  const known = new Set(questions.map((question) => question.id));
  const checked = new Set<string>();
  for (const { marker, line } of cells) {
    if (marker.role !== "check") continue;
    if (!known.has(marker.id))
      throw complain(
        line,
        `check of an unknown question "${marker.id}"`,
        `Questions: ${[...known].join(", ")}.`,
      );
    if (checked.has(marker.id))
      throw complain(line, `there are two checks of "${marker.id}"`, "Keep one of them.");
    checked.add(marker.id);
  }
}

type UnnamedCell = Omit<LabCell, "id">;

function readCell(cell: RawCell, complain: Complain): UnnamedCell {
  const { marker, line } = cell;
  const asProse = (lines: readonly string[]) => lines.map((text, i) => prose(text, line + 1 + i, complain));
  const lines = marker.role === "prose" ? asProse(cell.body) : cell.body;
  const { student, reference, solutions } = splitSolution(lines, line + 1, marker, complain);
  if (marker.role === "written") asProse(cell.body); // for the line of an error: below, lines are missing
  const textOf = (part: readonly string[]) => trimBlank(marker.role === "written" ? asProse(part) : part);
  const source = textOf(student);
  if (source === "")
    throw complain(line, "the cell is empty", "Write something in it, or remove its marker.");
  if (marker.role === "answer" && solutions === 0)
    throw complain(
      line,
      `question "${marker.id}" has no solution`,
      "Put it between // BEGIN SOLUTION and // END SOLUTION.",
    );
  return { role: marker.role, source, reference: textOf(reference), ...questionOf(cell) };
}

function questionOf({ marker }: RawCell): { question?: string } {
  return marker.role === "answer" || marker.role === "check" || marker.role === "written"
    ? { question: marker.id }
    : {};
}

function prose(text: string, line: number, complain: Complain): string {
  const match = /^\/\/ ?(.*)$/.exec(text);
  if (!match && text.trim() !== "")
    throw complain(
      line,
      "code in a markdown cell",
      'Begin its lines with "// ", or put "// %%" above the code.',
    );
  return (match?.[1] ?? "").trimEnd();
}

function trimBlank(lines: readonly string[]): string {
  return lines
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
}

/**
 * Answers, written ones too, and checks are named after their question, everything else after its content: an edit in one place
 * must not rename the cells of another, or notebooks that are already handed out would lose their cells.
 */
function withIds(cells: readonly UnnamedCell[]): LabCell[] {
  const used = new Map<string, number>();
  return cells.map((cell) => {
    const base =
      cell.role === "answer" || cell.role === "written"
        ? `${cell.question}`
        : cell.role === "check"
          ? `check-${cell.question}`
          : contentId(cell);
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    return { id: count === 1 ? base : `${base}-${count}`, ...cell };
  });
}

function contentId(cell: UnnamedCell): string {
  return `c-${sha256(`${cell.role}\n${cell.source}`).slice(0, 8)}`;
}

function releaseOf(
  cells: readonly LabCell[],
  questions: readonly QuestionInfo[],
  written: readonly WrittenInfo[],
): string {
  const handedOut = cells.map(({ id, role, question, source }) => [id, role, question ?? "", source]);
  // No rubric: students don't get it. A lab that asks for nothing in words has the hash that it always had.
  const inWords = written.map(({ id, title, points }) => ({ id, title, points }));
  return sha256(JSON.stringify([handedOut, questions, ...inWords])).slice(0, 12);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
