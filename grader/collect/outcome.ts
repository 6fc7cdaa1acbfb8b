import { LabError } from "../../src/core/errors.js";

/** What a time of handing in rests on, best first. */
export type Evidence =
  /** The server wrote down each push. */
  | "reflog"
  /** Between two collects: not there at the first, there at the second. */
  | "collects"
  /** Only what the commit says of itself, by the clock of the student's machine. */
  | "own-date"
  /** Only the modification time of a file, or of an entry in a zip. */
  | "file-time";

export interface HandedInAt {
  /** Not there yet at this time; null where nobody looked. */
  readonly from: string | null;
  /** There at this time. */
  readonly to: string;
  readonly evidence: Evidence;
}

/**
 * "unclear": it counts as on time until a person has looked. "failed": it could not be looked at or taken, which
 * says nothing about the student. "nothing": there is no notebook.
 */
export type Kind = "on-time" | "late" | "unclear" | "nothing" | "failed";

/** What came of one student: a line of the table, and with exactly these keys a line of `--json`. */
export interface Collected {
  readonly student: string;
  readonly lab: string;
  readonly kind: Kind;
  readonly commit: string | null;
  readonly pushedAt: HandedInAt | null;
  /** Of the late version, from the due date on. */
  readonly lateMinutes: number | null;
  readonly path: string | null;
  readonly latePath: string | null;
  readonly note: string;
}

/** Nothing was taken for this student, and the note says why. */
export function without(student: string, lab: string, kind: "nothing" | "failed", note: string): Collected {
  const empty = { commit: null, pushedAt: null, lateMinutes: null, path: null, latePath: null };
  return { student, lab, kind, ...empty, note };
}

/** Why nothing could be taken, where it is the student's or the server's matter and not a mistake of ours. */
export class CannotTake extends LabError {
  readonly kind: "nothing" | "failed";
  /** The message without the next step. */
  readonly problem: string;

  constructor(kind: "nothing" | "failed", problem: string, nextStep: string, options?: ErrorOptions) {
    super(kind === "nothing" ? "NOTHING_HANDED_IN" : "CANNOT_TAKE", problem, nextStep, options);
    this.kind = kind;
    this.problem = problem;
  }
}
