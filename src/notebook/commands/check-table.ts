import stringWidth from "string-width";
import { printable } from "../../lab/printable.js";
import type { TestOutcome } from "../../testing/run-question.js";
import type { ValidatedQuestion, Validation } from "../run-notebook/validate.js";
import { paint, type Tone } from "./paint.js";
import { wrap } from "./wrap.js";

export interface TableOptions {
  readonly title: string;
  readonly seconds: number;
  readonly colour: boolean;
  readonly columns: number;
}

type Verdict = TestOutcome["verdict"];

const marks: Readonly<Record<Verdict, { readonly sign: string; readonly tone: Tone }>> = {
  pass: { sign: "✓", tone: "pass" },
  fail: { sign: "✗", tone: "fail" },
  "cannot-judge": { sign: "?", tone: "cannot-judge" },
};

/** What came of a notebook's public tests: a line for each question, and below it what to look at. */
export function checkTable(validation: Validation, options: TableOptions): string {
  const { questions, notices, problem } = validation;
  const names = questions.map(({ id, title }) => printable(`${id}  ${title}`.trim(), 48));
  const width = Math.max(8, ...names.map((name) => stringWidth(name)));
  const row = (sign: string, name: string, ...cells: readonly string[]) =>
    `${sign} ${name}${" ".repeat(width - stringWidth(name))}${cells.map((cell) => cell.padStart(8)).join("")}`;
  const lines = questions.flatMap((question, index) => [
    row(signOf(question, options.colour), names[index] ?? "", ...numbers(question)),
    ...details(question, options),
  ]);
  return [
    `${options.title} as the grader would run it`,
    "",
    paint("muted", row(" ", "question", "points", "tests", "time"), options.colour),
    ...lines,
    "",
    ...[...(problem === undefined ? [] : [problem]), ...notices].map((line) => `? ${printable(line, 400)}`),
    ...next(questions, options.seconds),
  ].join("\n");
}

function signOf(question: ValidatedQuestion, colour: boolean): string {
  const { sign, tone } = marks[verdictOf(question)];
  return paint(tone, sign, colour);
}

/** A question without public tests, or one that could not be tried, is not known to be right. */
export function verdictOf({ outcomes, cellError }: ValidatedQuestion): Verdict {
  if (cellError !== "" || outcomes.some(({ verdict }) => verdict === "fail")) return "fail";
  return outcomes.length === 0 || outcomes.some(({ verdict }) => verdict !== "pass")
    ? "cannot-judge"
    : "pass";
}

function numbers({ outcomes, durationMs }: ValidatedQuestion): string[] {
  if (outcomes.length === 0) return ["–", "–", "–"];
  const passed = outcomes.filter(({ verdict }) => verdict === "pass");
  return [
    `${points(passed)}/${points(outcomes)}`,
    `${passed.length}/${outcomes.length}`,
    `${(durationMs / 1000).toFixed(2)} s`,
  ];
}

function points(outcomes: readonly TestOutcome[]): number {
  return outcomes.reduce((sum, test) => sum + test.points, 0);
}

function details({ outcomes, cellError }: ValidatedQuestion, { colour, columns }: TableOptions): string[] {
  const error =
    cellError === "" ? [] : wrap(printable(`The answer cell did not run: ${cellError}`, 500), 4, columns);
  const tests = outcomes.flatMap(({ verdict, title, message, hint }) => {
    if (verdict === "pass") return [];
    const { sign, tone } = marks[verdict];
    const said = [message, hint].filter((line) => line !== "");
    return [
      `    ${paint(tone, sign, colour)} ${printable(title, 90)}`,
      ...said.flatMap((line) => wrap(printable(line, 500), 8, columns)),
    ];
  });
  return [...error, ...tests];
}

function next(questions: readonly ValidatedQuestion[], seconds: number): string[] {
  const passed = questions.filter((question) => verdictOf(question) === "pass").length;
  const summary = `${passed} of ${questions.length} questions pass the public tests (${seconds.toFixed(1)} s).`;
  return [summary, "The grader has further tests. Hand in with: npx --no-install edgelab submit"];
}
