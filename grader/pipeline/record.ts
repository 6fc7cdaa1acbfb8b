export type Verdict = "pass" | "fail" | "cannot-judge";
export type Status = "graded" | "invalid" | "needs-review" | "error";
export type Visibility = "public" | "hidden";

export interface TestRecord {
  readonly title: string;
  readonly verdict: Verdict;
  /** What the test is worth. */
  readonly points: number;
  readonly visibility: Visibility;
  /** For the TA, and for the student only where the test is public. Empty for a pass. */
  readonly message: string;
  /** For the student. */
  readonly hint: string;
}

export interface QuestionRecord {
  readonly id: string;
  readonly title: string;
  readonly score: number;
  readonly maxScore: number;
  readonly tests: readonly TestRecord[];
  /** Feedback lines of the misconceptions whose outputs the answer reproduced. */
  readonly misconceptions: readonly string[];
  /** The answer cell as it was run. */
  readonly answer: string;
  /** Why the answer cell itself did not run (type error, throw, killed); empty when it did. */
  readonly cellError: string;
  /** What the student's code printed while it was judged: for the TA, never for the student. */
  readonly printed: string;
}

/** An answer in words, which a person will grade. */
export interface WrittenRecord {
  readonly id: string;
  readonly title: string;
  readonly maxScore: number;
  /** What to look for; for whoever grades, never for the student before. */
  readonly rubric: readonly string[];
  /** Empty where the student left the cell as it was handed out: then there is nothing to grade. */
  readonly answer: string;
}

/** One graded (or refused) submission. `--json` prints a part of it, the gradebook keeps all of it. */
export interface SubmissionRecord {
  readonly student: string;
  readonly lab: string;
  readonly status: Status;
  /** Of the questions; what written answers are worth is not in it yet. */
  readonly score: number;
  /** Of the questions and the written answers. */
  readonly maxScore: number;
  readonly questions: readonly QuestionRecord[];
  readonly written: readonly WrittenRecord[];
  /** Isolation kind, and what it lacked, for example "util-linux" or "bubblewrap (no seccomp)". */
  readonly isolation: string;
  readonly durationMs: number;
  /** Hash over what decided the grade: notebook, release, tests, seed, isolation, verdicts, written answers. */
  readonly receipt: string;
  /** One line for invalid, needs-review and error: what, where, what to do. */
  readonly problem: string;
  /** What was restored, ignored or reported about the notebook, one line each. */
  readonly notices: readonly string[];
  readonly release: string;
  readonly testsHash: string;
  readonly notebookHash: string;
  readonly seedHash: string;
}
