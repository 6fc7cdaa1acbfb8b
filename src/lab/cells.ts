/**
 * What a cell is for:
 * - `prose`: text, locked;
 * - `code`: code that every notebook needs (imports, data), locked;
 * - `answer`: what the student writes, one cell a question;
 * - `check`: runs the public tests, locked; the grader skips it;
 * - `explore`: plots, sweeps, training: students run and change it, the grader skips it.
 */
export type CellRole = "prose" | "code" | "answer" | "check" | "explore";

export interface LabCell {
  /** A valid cell id of nbformat 4.5: "q1", "check-q1", or "c-" and a hash of the content. */
  readonly id: string;
  readonly role: CellRole;
  /** What students get. */
  readonly source: string;
  /** With the solutions in it; differs from `source` in answer cells only. */
  readonly reference: string;
  /** The question that an answer or check cell belongs to. */
  readonly question?: string;
}

export interface QuestionInfo {
  readonly id: string;
  readonly title: string;
  readonly points: number;
}

/** A lab's notebook, parsed from its one source. */
export interface LabSource {
  readonly cells: readonly LabCell[];
  readonly questions: readonly QuestionInfo[];
  /** A short hash over what students get: two notebooks of the same release have the same cells. */
  readonly release: string;
}

/** The student may not change these; the grader puts them back as they were. */
export function isLocked(role: CellRole): boolean {
  return role === "prose" || role === "code" || role === "check";
}
