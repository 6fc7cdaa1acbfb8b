import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";
import { packageRoot } from "../package-root.js";

export interface NewLab {
  /** As the folder is to be called: "05-search". */
  readonly id: string;
  readonly title: string;
  /** The first is a worked example, the others are placeholders. */
  readonly questions: number;
}

export interface NewCourse {
  readonly title: string;
  /** IANA name, such as "Europe/Berlin". */
  readonly timezone: string;
  /** The id of its first lab. */
  readonly lab: string;
}

const maxQuestions = 12;

/**
 * The files of a new lab, by their paths in its folder. It builds, verifies and grades as it is.
 *
 * @throws LabError for an id, a title or a number of questions that can't be.
 */
export function newLabFiles(lab: NewLab): ReadonlyMap<string, string> {
  checkLab(lab);
  const placeholders = Array.from({ length: lab.questions - 1 }, (_, i) => ({
    n: i + 2,
    example: 5 * (i + 2),
  }));
  const whole = {
    id: lab.id,
    idCode: JSON.stringify(lab.id),
    titleCode: JSON.stringify(lab.title),
    titleMarkdown: escapeMarkdown(lab.title),
    number: Number.parseInt(lab.id, 10),
    placeholders,
  };
  return new Map([
    ["lab.ts", render("lab/lab.hbs", whole)],
    ["notebook.ts", render("lab/notebook.hbs", whole)],
    ["README.md", render("lab/readme.hbs", whole)],
    ["public/q1.test.ts", render("lab/public-q1.hbs", whole)],
    ["hidden/q1.test.ts", render("lab/hidden-q1.hbs", whole)],
    ["mutants/q1-errors-cancel.ts", render("lab/mutant-q1-cancels.hbs", whole)],
    ["mutants/q1-skips-zeros.ts", render("lab/mutant-q1-skips-zeros.hbs", whole)],
    ...placeholders.flatMap((question): [string, string][] => [
      [`public/q${question.n}.test.ts`, render("lab/public-placeholder.hbs", question)],
      [`hidden/q${question.n}.test.ts`, render("lab/hidden-placeholder.hbs", question)],
      [`mutants/q${question.n}-adds.ts`, render("lab/mutant-placeholder.hbs", question)],
    ]),
  ]);
}

/** A course.yaml with one lab; its comments show what else can stand there. */
export function newCourseYaml({ title, ...course }: NewCourse): string {
  return render("course.yaml.hbs", { ...course, titleYaml: JSON.stringify(title) });
}

function checkLab({ id, title, questions }: NewLab): void {
  if (!/^\d\d-[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id.length > 60)
    throw new LabError(
      "BAD_LAB_ID",
      `a lab is called by a number and a word, got "${printable(id)}"`,
      "Write 05-search, for example: two digits, then small letters, digits and dashes.",
    );
  if (!isLine(title))
    throw new LabError(
      "BAD_TITLE",
      `a title is one line of 1 to 100 characters, got "${printable(title)}"`,
      'Write --title "Architecture search".',
    );
  if (/\b(BEGIN|END)[\W_]*SOLUTION/i.test(title))
    throw new LabError(
      "BAD_TITLE",
      `the title "${printable(title)}" reads as the mark of a solution`,
      "Choose another one.",
    );
  if (!Number.isInteger(questions) || questions < 1 || questions > maxQuestions)
    throw new LabError(
      "BAD_QUESTIONS",
      `a new lab has 1 to ${maxQuestions} questions, got ${questions}`,
      "Write --questions 4.",
    );
}

/** Nothing that ends the line, is invisible, or turns the direction of what follows. */
function isLine(title: string): boolean {
  return title.trim() === title && title !== "" && title.length <= 100 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(title);
}

/** The text as Markdown that shows it as it is, in a heading of a notebook too (where $ begins a formula). */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~$&-]/g, (character) =>
    /[<>&]/.test(character) ? (entities[character] ?? "") : `\\${character}`,
  );
}

const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

function render(name: string, context: object): string {
  const template = readFileSync(join(packageRoot(), "templates", name), "utf8");
  return Handlebars.compile(template, { strict: true, noEscape: true, knownHelpersOnly: true })(context);
}
