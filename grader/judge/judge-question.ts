import type { QuestionInfo } from "../../src/lab/cells.js";
import { StudentClient } from "../../src/lab/student.js";
import type { Question } from "../../src/testing/question.js";
import { runQuestion, type TestOutcome } from "../../src/testing/run-question.js";
import type { QuestionRecord, TestRecord, Visibility } from "../pipeline/record.js";
import { type MutantLibrary, matchMisconceptions, type RecordedCall } from "./misconceptions.js";

/** Where the answers come from: one call at a time, bytes in and bytes out. */
export interface Respondent {
  call(question: string, name: string, request: Uint8Array): Promise<Uint8Array>;
  printed(question: string): string;
}

export interface QuestionTests {
  readonly public: readonly Question[];
  readonly hidden: readonly Question[];
}

export interface JudgedAnswer {
  readonly answer: string;
  readonly cellError: string;
}

export interface JudgedQuestion {
  readonly record: QuestionRecord;
  /** Titles of the tests that failed by an assertion: "for the right reason". */
  readonly failedByAssertion: readonly string[];
}

/** Runs one question's public and hidden tests against a notebook, and writes down what came of it. */
export async function judgeQuestion(
  question: QuestionInfo,
  tests: QuestionTests,
  respondent: Respondent,
  answer: JudgedAnswer,
  options: { readonly seed: string; readonly mutants: MutantLibrary },
): Promise<JudgedQuestion> {
  const calls: RecordedCall[] = [];
  const student = new StudentClient(async (request, name) => {
    const reply = await respondent.call(question.id, name, request);
    calls.push({ request, reply });
    return reply;
  });
  const records: TestRecord[] = [];
  const failedByAssertion: string[] = [];
  const failedCalls: RecordedCall[] = [];
  const onOutcome = (visibility: Visibility) => (outcome: TestOutcome) => {
    if (outcome.verdict === "fail") failedCalls.push(...calls);
    if (outcome.byAssertion) failedByAssertion.push(outcome.title);
    calls.length = 0;
    records.push(toRecord(outcome, visibility));
  };
  for (const visibility of ["public", "hidden"] as const) {
    for (const test of tests[visibility].filter(({ id }) => id === question.id)) {
      await runQuestion(test, { student, seed: options.seed, onOutcome: onOutcome(visibility) });
    }
  }
  const passed = records.filter(({ verdict }) => verdict === "pass");
  return {
    failedByAssertion,
    record: {
      id: question.id,
      title: question.title,
      score: sumPoints(passed),
      maxScore: sumPoints(records),
      tests: records,
      misconceptions: await matchMisconceptions(question.id, failedCalls, options.mutants),
      answer: answer.answer,
      cellError: answer.cellError,
      printed: respondent.printed(question.id),
    },
  };
}

function toRecord(outcome: TestOutcome, visibility: Visibility): TestRecord {
  const { title, verdict, points, message, hint } = outcome;
  return { title, verdict, points, visibility, message, hint };
}

function sumPoints(tests: readonly TestRecord[]): number {
  return tests.reduce((sum, { points }) => sum + points, 0);
}
