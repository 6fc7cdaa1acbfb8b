/**
 * What a cell is for:
 * - `prose`: text, locked;
 * - `code`: code that every notebook needs (imports, data), locked;
 * - `answer`: what the student writes, one cell a question;
 * - `check`: runs the public tests, locked; the grader skips it;
 * - `explore`: plots, sweeps, training: students run and change it, the grader skips it;
 * - `written`: an answer in words, a markdown cell: a person grades it.
 */
export type CellRole = "prose" | "code" | "answer" | "check" | "explore" | "written";

/** A cell as it is handed out. */
export interface ReleaseCell {
  /** A valid cell id of nbformat 4.5: "q1", "check-q1", or "c-" and a hash of the content. */
  readonly id: string;
  readonly role: CellRole;
  /** What students get. */
  readonly source: string;
  /** The question that an answer, check or written cell belongs to. */
  readonly question?: string;
}

export interface LabCell extends ReleaseCell {
  /** With the solutions in it; differs from `source` in answer and written cells only. */
  readonly reference: string;
}

export interface QuestionInfo {
  readonly id: string;
  readonly title: string;
  readonly points: number;
}

/** A question that is answered in words, and graded by a person along its rubric. */
export interface WrittenInfo extends QuestionInfo {
  readonly rubric: readonly string[];
}

/** What was handed out: enough to say what became of it in a submission. */
export interface ReleaseSource {
  readonly cells: readonly ReleaseCell[];
  /** Those that tests grade. */
  readonly questions: readonly QuestionInfo[];
  /** Those that a person grades. */
  readonly written: readonly WrittenInfo[];
  /** A short hash over what students get: two notebooks of the same release have the same cells. */
  readonly release: string;
}

/** A lab's notebook, parsed from its one source. */
export interface LabSource extends ReleaseSource {
  readonly cells: readonly LabCell[];
}

/** The student may not change these; the grader puts them back as they were. */
export function isLocked(role: CellRole): boolean {
  return role === "prose" || role === "code" || role === "check";
}
