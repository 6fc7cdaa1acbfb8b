import { relative } from "node:path";
import { LabError } from "../../core/errors.js";
import { type ValidatedQuestion, type Validation, validateNotebook } from "../run-notebook/validate.js";
import { checkTable, verdictOf } from "./check-table.js";
import { findCourse, findNotebook } from "./find-course.js";
import type { ExitReason, Terminal } from "./terminal.js";

export interface CheckOptions {
  readonly notebook: string | undefined;
  /** Only these; all where none is named. */
  readonly questions: readonly string[];
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a notebook as the grader will, with the public tests in place of the hidden ones, and prints what came of
 * it. A mistake where a test did not pass.
 *
 * @throws LabError where the grader would refuse the notebook.
 */
export async function check(options: CheckOptions, terminal: Terminal): Promise<ExitReason> {
  const { cwd, signal } = options;
  const course = findCourse(cwd);
  // "check q1" means the lab at hand.
  const isQuestion = /^q\d+$/.test(options.notebook ?? "");
  const place = findNotebook(course, isQuestion ? undefined : options.notebook, cwd);
  const asked = [...(isQuestion ? [options.notebook ?? ""] : []), ...options.questions];
  const start = performance.now();
  const validation = await validateNotebook({
    ...place,
    signal,
    onStep: (done, total, id) => terminal.status(`Trying the notebook: ${done} of ${total} · ${id}`),
  });
  terminal.status("");
  const questions = only(validation, asked);
  const title = relative(cwd, place.notebookPath);
  const shown = { ...validation, questions };
  const seconds = (performance.now() - start) / 1000;
  terminal.print(checkTable(shown, { title, seconds, colour: terminal.colour, columns: terminal.columns }));
  const wrong = questions.some((question) => verdictOf(question) === "fail");
  return wrong || validation.problem !== undefined ? "mistake" : "done";
}

function only({ questions }: Validation, asked: readonly string[]): readonly ValidatedQuestion[] {
  const unknown = asked.find((id) => !questions.some((question) => question.id === id));
  if (unknown !== undefined)
    throw new LabError(
      "UNKNOWN_QUESTION",
      `this lab has no question ${JSON.stringify(unknown)}`,
      `Check one of ${questions.map(({ id }) => id).join(", ")}.`,
    );
  return asked.length === 0 ? questions : questions.filter(({ id }) => asked.includes(id));
}
