import { AssertionError } from "chai";
import Mocha from "mocha";
import { LabError } from "../core/errors.js";
import { type Rng, seeded } from "../core/random.js";
import type { Evaluator, Question, Student, TestBody, TestOptions } from "./question.js";

/** Thrown where a value is missing for a reason that is not the student's: our process, a starved machine. */
export class CannotJudge extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CannotJudge";
  }
}

/** Thrown where the evaluator refused what the student's function returned, or ran out of its limits over it. */
export class ArtifactRefused extends Error {}

export interface TestOutcome {
  readonly title: string;
  readonly points: number;
  readonly hint: string;
  readonly verdict: "pass" | "fail" | "cannot-judge";
  /** Empty for a pass. */
  readonly message: string;
  /** Failed by an assertion about a value, and not by a throw or a missing function. */
  readonly byAssertion: boolean;
}

export interface RunOptions {
  readonly student: Student;
  /** Where there is none, a test that asks for it can't be judged. */
  readonly evaluator?: Evaluator;
  /** Each test draws from a stream of its own: this seed, the question's id and the test's title. */
  readonly seed: string;
  /** Is a call without a value the student's doing? Whatever is not, can't be judged. */
  readonly isStudentFault: (error: unknown) => boolean;
  /** Called as each test ends, in their order. */
  readonly onOutcome?: (outcome: TestOutcome) => void;
}

interface DeclaredTest {
  readonly points: number;
  readonly title: string;
  readonly body: TestBody;
  readonly hint: string;
}

/** Runs the tests of one question in a fresh mocha suite. A test that mocha never ran has no pass. */
export async function runQuestion(question: Question, options: RunOptions): Promise<readonly TestOutcome[]> {
  const replies = { count: 0 };
  const rng = new RestartedRng();
  const tests: DeclaredTest[] = [];
  question.define({
    student: counting(options, replies),
    evaluator: judging(options),
    rng,
    test: (points, title, body, { hint = "" }: TestOptions = {}) => tests.push({ points, title, body, hint }),
  });
  const outcomes = new Map<DeclaredTest, TestOutcome>();
  const settle = (test: DeclaredTest, result: TestOutcome): void => {
    outcomes.set(test, result);
    options.onOutcome?.(result);
  };
  const suite = new Mocha.Suite(question.id);
  for (const test of tests) {
    const run = async (): Promise<void> => {
      rng.restart(`${options.seed}/${question.id}/${test.title}`);
      replies.count = 0;
      try {
        await test.body();
        settle(test, outcome(test, "pass", ""));
      } catch (error) {
        settle(test, classify(test, error, replies.count));
        throw error;
      }
    };
    suite.addTest(new Mocha.Test(test.title, run));
  }
  await runSuite(suite);
  for (const test of tests) {
    if (!outcomes.has(test)) settle(test, outcome(test, "cannot-judge", "the test did not run"));
  }
  return tests.flatMap((test) => outcomes.get(test) ?? []);
}

function runSuite(suite: Mocha.Suite): Promise<void> {
  const root = new Mocha.Suite("");
  // Handed down to all tests: each call has limits of its own, which know a starved machine from a slow answer.
  root.timeout(0);
  root.addSuite(suite);
  const runner = new Mocha.Runner(root);
  return new Promise((resolve) => {
    runner.run(() => {
      runner.dispose();
      resolve();
    });
  });
}

/**
 * By class and source, never by a name or a message: an assertion judges a value; a missing value says by
 * its class whose fault it is; a LabError is thrown by our own functions over the test's own arguments. Any
 * other error means that the test could not use what the student gave, unless the student had not given
 * anything yet: then the fault is the test's.
 */
function classify(test: DeclaredTest, error: unknown, replies: number): TestOutcome {
  if (error instanceof AssertionError) return outcome(test, "fail", error.message, true);
  if (error instanceof CannotJudge) return outcome(test, "cannot-judge", error.message);
  if (error instanceof MissingValue || error instanceof ArtifactRefused)
    return outcome(test, "fail", error.message);
  const message = error instanceof Error ? error.message : String(error);
  if (replies === 0 || error instanceof LabError)
    return outcome(test, "cannot-judge", `the test itself failed: ${message}`);
  return outcome(test, "fail", `what came back could not be used: ${message}`);
}

/** The student's code gave no value. Wraps the transport's error, so that its source is known. */
class MissingValue extends Error {}

function counting({ student, isStudentFault }: RunOptions, replies: { count: number }): Student {
  const counted = async <T>(reply: Promise<T>): Promise<T> => {
    try {
      const value = await reply;
      replies.count++;
      return value;
    } catch (error) {
      if (error instanceof CannotJudge) throw error;
      const message = error instanceof Error ? error.message : String(error);
      if (isStudentFault(error)) throw new MissingValue(message, { cause: error });
      throw new CannotJudge(message, { cause: error });
    }
  };
  return {
    call: (name, ...args) => counted(student.call(name, ...args)),
    hold: (name, ...args) => counted(student.hold(name, ...args)),
    construct: (name, ...args) => counted(student.construct(name, ...args)),
    invoke: (handle, method, ...args) => counted(student.invoke(handle, method, ...args)),
  };
}

/** A refusal is about the artifact; whatever else the evaluator gives no value for is the course's, or ours. */
function judging({ evaluator }: RunOptions): Evaluator {
  const absent = "only the grader runs what your function returns; it does so when you hand in";
  return {
    async call(name, ...args) {
      if (!evaluator) throw new CannotJudge(absent);
      try {
        return await evaluator.call(name, ...args);
      } catch (error) {
        if (error instanceof ArtifactRefused || error instanceof CannotJudge) throw error;
        const message = error instanceof Error ? error.message : String(error);
        throw new CannotJudge(message, { cause: error });
      }
    },
  };
}

function outcome(
  test: DeclaredTest,
  verdict: TestOutcome["verdict"],
  message: string,
  byAssertion = false,
): TestOutcome {
  return { title: test.title, points: test.points, hint: test.hint, verdict, message, byAssertion };
}

/** One generator object that a question's tests share, started again for each of them. */
class RestartedRng implements Rng {
  #rng: Rng = seeded("");

  restart(seed: string): void {
    this.#rng = seeded(seed);
  }
  uniform(low: number, high: number): number {
    return this.#rng.uniform(low, high);
  }
  integer(low: number, high: number): number {
    return this.#rng.integer(low, high);
  }
  normal(mean?: number, deviation?: number): number {
    return this.#rng.normal(mean, deviation);
  }
  permutation(count: number): Int32Array {
    return this.#rng.permutation(count);
  }
}
