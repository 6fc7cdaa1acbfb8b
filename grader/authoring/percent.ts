import { createHash } from "node:crypto";
import { LabError } from "../../src/core/errors.js";
import type { LabCell, LabSource, QuestionInfo } from "../../src/lab/cells.js";
import { type Complain, type Marker, parseMarker } from "./markers.js";
import { splitSolution } from "./solution.js";

/** A cell as it stands in the file: its marker, the line that the marker is on, and the lines below it. */
interface RawCell {
  readonly marker: Marker;
  readonly line: number;
  readonly body: readonly string[];
}

/**
 * Reads `notebook.ts`: a Jupytext percent script whose markers say what each cell is for.
 * Comments above the first marker are for whoever edits the file and reach no notebook.
 *
 * @throws LabError with file and line: a marker that isn't known, unbalanced solution markers, an id used
 *   twice, a question without solution, points or title, a check of a question that there isn't.
 */
export function parsePercent(text: string, file = "notebook.ts"): LabSource {
  const complain: Complain = (line, problem, nextStep) =>
    new LabError("BAD_LAB_SOURCE", `${file}:${line}: ${problem}`, nextStep);
  const raw = splitCells(text, complain);
  const questions = questionsOf(raw, complain);
  checkTargets(raw, questions, complain);
  const cells = withIds(raw.map((cell) => readCell(cell, complain)));
  return { cells, questions, release: releaseOf(cells, questions) };
}

function splitCells(text: string, complain: Complain): RawCell[] {
  const cells: { marker: Marker; line: number; body: string[] }[] = [];
  for (const [index, content] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const current = cells.at(-1);
    if (/^\s*\/\/\s*%%/.test(content))
      cells.push({ marker: parseMarker(content, line, complain), line, body: [] });
    else if (current) current.body.push(content);
    else if (!/^\s*(\/\/.*)?$/.test(content))
      throw complain(line, "code above the first cell", 'Put a line "// %%" above it.');
  }
  if (cells.length === 0) throw complain(1, "there is no cell", 'Begin each cell with a line "// %%".');
  return cells;
}

function questionsOf(cells: readonly RawCell[], complain: Complain): QuestionInfo[] {
  const found = new Map<string, QuestionInfo>();
  for (const { marker, line } of cells) {
    if (marker.role !== "answer") continue;
    const { id, title, points } = marker;
    if (found.has(id)) throw complain(line, `there are two questions "${id}"`, "Give each its own id.");
    found.set(id, { id, title, points });
  }
  return [...found.values()];
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
  const lines =
    marker.role === "prose" ? cell.body.map((text, i) => prose(text, line + 1 + i, complain)) : cell.body;
  const { student, reference, solutions } = splitSolution(lines, line + 1, marker, complain);
  const source = trimBlank(student);
  if (source === "")
    throw complain(line, "the cell is empty", "Write something in it, or remove its marker.");
  if (marker.role === "answer" && solutions === 0)
    throw complain(
      line,
      `question "${marker.id}" has no solution`,
      "Put it between // BEGIN SOLUTION and // END SOLUTION.",
    );
  const question = marker.role === "answer" || marker.role === "check" ? { question: marker.id } : {};
  return { role: marker.role, source, reference: trimBlank(reference), ...question };
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
 * Answers and checks are named after their question, everything else after its content: an edit in one place
 * must not rename the cells of another, or notebooks that are already handed out would lose their cells.
 */
function withIds(cells: readonly UnnamedCell[]): LabCell[] {
  const used = new Map<string, number>();
  return cells.map((cell) => {
    const base =
      cell.role === "answer"
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

function releaseOf(cells: readonly LabCell[], questions: readonly QuestionInfo[]): string {
  const handedOut = cells.map(({ id, role, question, source }) => [id, role, question ?? "", source]);
  return sha256(JSON.stringify([handedOut, questions])).slice(0, 12);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
