import type { Rng } from "../core/random.js";

/** The student's notebook as a test sees it: remote in the judge, local in a notebook's `check`. */
export interface Student {
  /** Calls a function of the notebook. What comes back is plain data that nobody has checked yet. */
  call(name: string, ...args: unknown[]): Promise<unknown>;
}

export interface TestOptions {
  /** Shown to the student when the test fails; names what to look at, never the answer. */
  readonly hint?: string;
}

export type TestBody = () => void | Promise<void>;

export interface QuestionContext {
  readonly student: Student;
  /** Starts afresh for each test, from a seed of the student, the question and the test's title. */
  readonly rng: Rng;
  test(points: number, title: string, body: TestBody, options?: TestOptions): void;
}

/** A test file's default export: plain data, so that it makes no difference which copy of edgelab made it. */
export interface Question {
  readonly id: string;
  readonly define: (context: QuestionContext) => void;
}

/** Declares the tests of one question. `define` runs once a student, and only registers tests. */
export function question(id: string, define: (context: QuestionContext) => void): Question {
  return { id, define };
}
