import { DateTime } from "luxon";
import { cutTo, padEnd, padStart, safe, width } from "../terminal/cell.js";
import { paint, type Tone } from "../terminal/colours.js";
import { span } from "./describe.js";
import type { Collected, Kind } from "./outcome.js";
import { lateFolder } from "./place.js";

export interface ReportOptions {
  readonly colour: boolean;
  readonly columns: number;
  readonly lab: string;
  /** As it was typed. */
  readonly submissions: string;
  readonly timezone: string;
  /** What was in a folder or zip and is nobody's. */
  readonly lines: readonly string[];
}

const marks: Readonly<Record<Kind, { readonly sign: string; readonly tone: Tone }>> = {
  "on-time": { sign: "✓", tone: "pass" },
  late: { sign: "✗", tone: "fail" },
  unclear: { sign: "?", tone: "cannot-judge" },
  failed: { sign: "?", tone: "cannot-judge" },
  nothing: { sign: "–", tone: "muted" },
};

/** One object a line, with nothing in it that a terminal would obey. */
export function collectedLine(collected: Collected): string {
  return JSON.stringify(collected).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A line for each student, what a person has to look at, the totals, and what to do next. */
export function renderCollected(collected: readonly Collected[], options: ReportOptions): string {
  const rows = [...collected].sort((a, b) => (a.student < b.student ? -1 : 1));
  return [
    ...table(rows, options),
    ...toLookAt(rows, options),
    "",
    totals(rows),
    ...nextSteps(rows, options),
  ].join("\n");
}

const gap = "  ";

function table(rows: readonly Collected[], { colour, columns, timezone }: ReportOptions): string[] {
  const cells = rows.map((row) => [
    cutTo(safe(row.student), 24),
    when(row, timezone),
    row.lateMinutes === null ? "" : span(row.lateMinutes),
    safe(row.note),
  ]);
  const heads = ["student", "handed in", "late", "note"];
  const widths = heads.map((head, index) =>
    Math.max(width(head), ...cells.map((row) => width(row[index] ?? ""))),
  );
  const line = (sign: string, [student = "", at = "", late = "", note = ""]: readonly string[]): string => {
    const start = [
      sign,
      padEnd(student, widths[0] ?? 0),
      padEnd(at, widths[1] ?? 0),
      padStart(late, widths[2] ?? 0),
    ];
    const left = start.join(gap) + gap;
    return (left + cutTo(note, Math.max(10, columns - width(left)))).trimEnd();
  };
  const body = rows.map((row, index) => {
    const { sign, tone } = marks[row.kind];
    return line(sign, cells[index] ?? []).replace(sign, paint(tone, sign, colour));
  });
  return [paint("muted", line(" ", heads), colour), ...body];
}

/** "by": it was there when somebody looked; without it, the time of the push or of the file itself. */
function when({ pushedAt }: Collected, zone: string): string {
  if (pushedAt === null) return "";
  const time = DateTime.fromISO(pushedAt.to, { zone }).toFormat("yyyy-MM-dd HH:mm");
  return pushedAt.evidence === "reflog" || pushedAt.evidence === "file-time" ? time : `by ${time}`;
}

/** In full what the table may have cut, for whoever has to act on it. */
function toLookAt(rows: readonly Collected[], { colour, lines }: ReportOptions): string[] {
  const sign = paint("cannot-judge", "?", colour);
  const students = rows
    .filter(needsPerson)
    .map(({ student, note }) => `${sign} ${safe(student)}: ${safe(note)}`);
  const all = [...students, ...lines.map((text) => `${sign} ${safe(text)}`)];
  return all.length === 0 ? [] : ["", "For a person to look at:", ...all];
}

export function needsPerson({ kind }: Collected): boolean {
  return kind === "unclear" || kind === "failed";
}

function totals(rows: readonly Collected[]): string {
  const count = (kind: Kind): number => rows.filter((row) => row.kind === kind).length;
  const weak = rows.filter(
    ({ kind, pushedAt }) => kind === "on-time" && pushedAt?.evidence === "own-date",
  ).length;
  const parts: [number, string][] = [
    [count("on-time"), `on time${weak > 0 ? ` (${weak} by the commit's own date only)` : ""}`],
    [count("late"), "late"],
    [count("unclear"), "unclear"],
    [count("failed"), "not to be had"],
    [count("nothing"), "with nothing"],
  ];
  const told = parts
    .filter(([number], index) => number > 0 || index === 0)
    .map(([number, what]) => `${number} ${what}`);
  return `${rows.length} ${rows.length === 1 ? "student" : "students"}: ${told.join(", ")}.`;
}

function nextSteps(rows: readonly Collected[], { lab, submissions }: ReportOptions): string[] {
  const steps: string[] = [];
  const option = (dir: string): string => (dir === "submissions" ? "" : ` --submissions ${dir}`);
  if (rows.some(({ pushedAt }) => pushedAt?.evidence === "own-date"))
    steps.push(
      "A commit's date is what the student's machine says. A collect at the due date makes it certain.",
    );
  if (rows.some(({ path }) => path !== null))
    steps.push(`Next: npx --no-install grader run ${lab}${option(submissions)}`);
  if (rows.some(({ latePath }) => latePath !== null))
    // In the gradebook of the others, a late attempt would be the last one, which counts.
    steps.push(
      `Late versions: npx --no-install grader run ${lab}${option(lateFolder(submissions))}` +
        " --gradebook gradebook.db-late --feedback feedback/late",
    );
  return steps;
}
