import { formatPoints, isJudged, isScored } from "../feedback/points.js";
import type { Status, SubmissionRecord } from "../pipeline/record.js";
import { waiting } from "../pipeline/written.js";
import { cutTo, padEnd, padStart, safe, width } from "./cell.js";
import { paint, type Tone } from "./colours.js";
import { summarize } from "./summary.js";

export { jsonLine } from "./json-line.js";

export interface TableOptions {
  readonly colour: boolean;
  readonly columns: number;
}

interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  readonly cell: (record: SubmissionRecord) => string;
  /** May be cut to so many columns when the line is too long. */
  readonly least?: number;
}

const widest = 100;
const gap = "  ";

/** What came of a batch: a line for each submission, then the totals and what to do next. */
export function renderTable(records: readonly SubmissionRecord[], options: TableOptions): string {
  if (records.length === 0) return "No submissions.";
  const room = Math.min(options.columns > 0 ? options.columns : widest, widest);
  const columns = chooseColumns(records, room);
  const rows = records.map((record) => columns.map((column) => safe(column.cell(record))));
  const widths = shareRoom(columns, rows, room);
  const head = line(
    columns,
    widths,
    columns.map((column) => column.head),
  );
  const body = records.map((record, index) => {
    const text = line(columns, widths, rows[index] ?? []);
    const { sign, tone } = marks[record.status];
    return text.replace(sign, paint(tone, sign, options.colour));
  });
  return [paint("muted", head, options.colour), ...body, "", ...summarize(records, room)].join("\n");
}

const marks: Readonly<Record<Status, { readonly sign: string; readonly tone: Tone }>> = {
  graded: { sign: "✓", tone: "pass" },
  invalid: { sign: "✗", tone: "fail" },
  "needs-review": { sign: "?", tone: "cannot-judge" },
  error: { sign: "?", tone: "cannot-judge" },
};

/** The questions have a column each as long as student and note keep room to be read; narrow ones before none. */
function chooseColumns(records: readonly SubmissionRecord[], room: number): Column[] {
  const start: Column[] = [
    { head: "", align: "left", cell: (record) => marks[record.status].sign },
    { head: "student", align: "left", cell: (record) => record.student, least: 12 },
  ];
  const end: Column[] = [
    { head: `total${outOf(records.map((record) => record.maxScore))}`, align: "right", cell: total },
    { head: "note", align: "left", cell: note, least: 16 },
  ];
  const questions = questionColumns(records);
  const choices = [questions, questions.map(withoutMaximum)].map((some) => [...start, ...some, ...end]);
  const fits = (columns: readonly Column[]): boolean =>
    columns.reduce((sum, column) => sum + leastWidth(column, records) + gap.length, 0) <= room;
  return choices.find(fits) ?? [...start, ...end];
}

/** "q1" in place of "q1/10". */
function withoutMaximum(column: Column): Column {
  return { ...column, head: column.head.replace(/\/[^/]*$/, "") };
}

function questionColumns(records: readonly SubmissionRecord[]): Column[] {
  const ids = [...new Set(records.flatMap((record) => record.questions.map((question) => question.id)))];
  return ids.map((id) => {
    const found = records.flatMap((record) => record.questions.filter((question) => question.id === id));
    const head = `${safe(id)}${outOf(found.map((question) => question.maxScore))}`;
    return { head, align: "right", cell: (record) => questionScore(record, id) };
  });
}

/** "/10" where all agree on it. */
function outOf(maxima: readonly number[]): string {
  const [first] = maxima;
  return first !== undefined && maxima.every((maximum) => maximum === first) ? `/${formatPoints(first)}` : "";
}

function questionScore(record: SubmissionRecord, id: string): string {
  const question = record.questions.find((candidate) => candidate.id === id);
  if (question === undefined) return "–";
  return isJudged(record, question) ? formatPoints(question.score) : "?";
}

function total(record: SubmissionRecord): string {
  if (record.status === "invalid") return "–";
  return isScored(record) ? formatPoints(record.score) : "?";
}

function note(record: SubmissionRecord): string {
  if (record.problem !== "") return record.problem;
  return [found(record), waitingNote(record)].filter((part) => part !== "").join("; ");
}

function waitingNote({ written }: SubmissionRecord): string {
  const { length } = waiting(written);
  if (length === 0) return "";
  return length === 1 ? "1 written answer waits for a person" : `${length} written answers wait for a person`;
}

function found(record: SubmissionRecord): string {
  const stopped = record.questions.filter((question) => question.cellError !== "");
  if (stopped.length > 0) {
    return `${stopped.map((question) => question.id).join(", ")}: the answer cell did not run`;
  }
  const [first, ...others] = record.notices;
  if (first === undefined) return "";
  return others.length === 0 ? first : `${first} (+${others.length})`;
}

function leastWidth(column: Column, records: readonly SubmissionRecord[]): number {
  if (column.least !== undefined) return column.least;
  return Math.max(width(column.head), ...records.map((record) => width(safe(column.cell(record)))));
}

/** Each column as wide as its text; the ones that can be cut share what is left, the note last. */
function shareRoom(columns: readonly Column[], rows: readonly string[][], room: number): number[] {
  const widths = columns.map((column, index) =>
    Math.max(width(column.head), ...rows.map((row) => width(row[index] ?? ""))),
  );
  const cuttable = columns.map((column, index) => ({ least: column.least, index })).reverse();
  let over = widths.reduce((sum, each) => sum + each, gap.length * (columns.length - 1)) - room;
  for (const { least, index } of cuttable) {
    if (over <= 0 || least === undefined) continue;
    const now = widths[index] ?? 0;
    const cut = Math.min(over, Math.max(0, now - least));
    widths[index] = now - cut;
    over -= cut;
  }
  return widths;
}

function line(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  const padded = columns.map((column, index) => {
    const columnWidth = widths[index] ?? 0;
    const text = cutTo(cells[index] ?? "", columnWidth);
    return column.align === "right" ? padStart(text, columnWidth) : padEnd(text, columnWidth);
  });
  return padded.join(gap).trimEnd();
}
