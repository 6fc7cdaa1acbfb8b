import type { QuestionInfo } from "../../../../src/lab/cells.js";
import type { Finding, Subject } from "../check.js";
import type { LocatedCell } from "../notebook-lines.js";
import { countWords } from "../prose.js";

/** Slow enough for a text with formulas and tables in it. */
const wordsAMinute = 200;

/** How long the notebook takes to read, beside what its own text says that the questions take. */
export async function checkReadingTime({ lab, cells }: Subject): Promise<Finding[]> {
  const sections = lab.source.questions.map((question) => ({ question, prose: proseOf(question, cells) }));
  const words = countWords(proseIn(cells).join("\n"));
  const stated = sections.map(({ prose }) => statedMinutes(prose)).filter((minutes) => minutes !== undefined);
  const sum = stated.reduce((total, minutes) => total + minutes, 0);
  const reading = `${words} words, ${minutesFor(words)} min of reading`;
  return [
    {
      title: `every question is explained: ${reading}${stated.length > 0 ? `, ${sum} min stated in all` : ""}`,
      problems: sections
        .filter(({ prose }) => countWords(prose) === 0)
        .map(({ question }) => `${placeOf(question, cells)}: nothing is said before question ${question.id}`),
      notes: sections.map(({ question, prose }) => noteOn(question, prose)),
    },
  ];
}

function noteOn({ id }: QuestionInfo, prose: string): string {
  const words = countWords(prose);
  const reading = `${id}: ${words} words, ${minutesFor(words)} min of reading`;
  const stated = statedMinutes(prose);
  if (stated === undefined) return `${reading}; the text does not say how long the question takes`;
  const verdict = words / wordsAMinute > stated ? ": less than it takes to read it" : "";
  return `${reading}; the text says about ${stated} min${verdict}`;
}

function proseIn(cells: readonly LocatedCell[]): string[] {
  return cells.filter(({ cell }) => cell.role === "prose").map(({ cell }) => cell.source);
}

/** What stands before a question's answer: from its heading on, if there is one behind the answer before. */
function proseOf({ id }: QuestionInfo, cells: readonly LocatedCell[]): string {
  const answers = cells.filter(({ cell }) => cell.role === "answer");
  const place = answers.findIndex(({ cell }) => cell.question === id);
  const [answer, before] = [answers[place], answers[place - 1]];
  const from = before ? cells.indexOf(before) + 1 : 0;
  const prose = proseIn(cells.slice(from, answer ? cells.indexOf(answer) : from));
  const heading = prose.findLastIndex((text) => /^#{1,3} /m.test(text));
  return prose.slice(Math.max(0, heading)).join("\n");
}

function statedMinutes(prose: string): number | undefined {
  const match = /\babout (\d+)(?:\s+to\s+\d+)? min(?:ute)?s?\b/i.exec(prose);
  return match ? Number(match[1]) : undefined;
}

function minutesFor(words: number): number {
  return Math.ceil(words / wordsAMinute);
}

function placeOf({ id }: QuestionInfo, cells: readonly LocatedCell[]): string {
  return `notebook.ts:${cells.find(({ cell }) => cell.role === "answer" && cell.question === id)?.markerLine ?? 1}`;
}
