import type { Rng } from "../core/random.js";

/** The student's notebook as a test sees it: remote in the judge, local in a notebook's `check`. */
export interface Student {
  /** Calls a function of the notebook. What comes back is plain data that nobody has checked yet. */
  call(name: string, ...args: unknown[]): Promise<unknown>;
  /** Calls a function whose result stays with the student. */
  hold(name: string, ...args: unknown[]): Promise<StudentHandle>;
  /** Makes an object of a class of the notebook; it stays with the student. */
  construct(name: string, ...args: unknown[]): Promise<StudentHandle>;
  /** Calls a method of an object that stayed with the student. */
  invoke(handle: StudentHandle, method: string, ...args: unknown[]): Promise<unknown>;
}

/** An object on the student's side. A test can only pass it back: it shows nothing of the object. */
export interface StudentHandle {
  readonly id: number;
}

/**
 * The course's own functions over what a student's function returned: those that `evaluate.ts` of the lab exports.
 * They run with all of edgelab, apart from the student's code, and only in the grader.
 */
export interface Evaluator {
  /** Calls one of them. Arguments and result are plain data; a refusal of theirs fails the test. */
  call(name: string, ...args: unknown[]): Promise<unknown>;
}

export interface TestOptions {
  /** Shown to the student when the test fails; names what to look at, never the answer. */
  readonly hint?: string;
}

export type TestBody = () => unknown;

export interface QuestionContext {
  readonly student: Student;
  readonly evaluator: Evaluator;
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
