import type { QuestionInfo } from "../../src/lab/cells.js";
import { StudentClient, StudentError } from "../../src/lab/student.js";
import type { Evaluator, Question } from "../../src/testing/question.js";
import { runQuestion, type TestOutcome } from "../../src/testing/run-question.js";
import type { QuestionRecord, TestRecord, Visibility } from "../pipeline/record.js";
import {
  type AnswerSeen,
  type MutantLibrary,
  matchMisconceptions,
  type RecordedCall,
} from "./misconceptions.js";

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

export interface JudgeOptions {
  readonly seed: string;
  readonly mutants: MutantLibrary;
  readonly evaluator?: Evaluator | undefined;
}

export interface JudgedQuestion {
  readonly record: QuestionRecord;
  /** Titles of the tests that failed by an assertion: "for the right reason". */
  readonly failedByAssertion: readonly string[];
}

/**
 * One question's tests against a notebook. The public tests of all questions run before the first hidden one:
 * what a function remembers of hidden inputs can't come out in the message of a public test.
 */
export class QuestionJudge {
  readonly #question: QuestionInfo;
  readonly #tests: QuestionTests;
  readonly #respondent: Respondent;
  readonly #options: JudgeOptions;
  readonly #records: TestRecord[] = [];
  readonly #failedByAssertion: string[] = [];
  readonly #failedCalls: RecordedCall[] = [];

  constructor(question: QuestionInfo, tests: QuestionTests, respondent: Respondent, options: JudgeOptions) {
    this.#question = question;
    this.#tests = tests;
    this.#respondent = respondent;
    this.#options = options;
  }

  async run(visibility: Visibility): Promise<void> {
    const calls: RecordedCall[] = [];
    const student = new StudentClient(async (request, name) => {
      const call: { request: Uint8Array; reply: Uint8Array } = { request, reply: noReply };
      calls.push(call);
      call.reply = await this.#respondent.call(this.#question.id, name, request);
      return call.reply;
    });
    const onOutcome = (outcome: TestOutcome): void => {
      if (outcome.verdict === "fail") this.#failedCalls.push(...calls);
      if (outcome.byAssertion) this.#failedByAssertion.push(outcome.title);
      calls.length = 0;
      this.#records.push(toRecord(outcome, visibility));
    };
    const isStudentFault = (error: unknown): boolean => error instanceof StudentError;
    const { seed, evaluator } = this.#options;
    const options = { student, seed, isStudentFault, onOutcome, ...(evaluator ? { evaluator } : {}) };
    for (const test of this.#tests[visibility].filter(({ id }) => id === this.#question.id)) {
      await runQuestion(test, options);
    }
  }

  async finish({ answer, cellError }: JudgedAnswer): Promise<JudgedQuestion> {
    const { id, title } = this.#question;
    return {
      failedByAssertion: this.#failedByAssertion,
      record: {
        id,
        title,
        score: sumPoints(this.#records.filter(({ verdict }) => verdict === "pass")),
        maxScore: sumPoints(this.#records),
        tests: this.#records,
        misconceptions: await matchMisconceptions(id, this.#answerSeen(), this.#options.mutants),
        answer,
        cellError,
        printed: this.#respondent.printed(id),
      },
    };
  }

  #answerSeen(): AnswerSeen {
    const passed = this.#records.filter(({ verdict }) => verdict === "pass").map(({ title }) => title);
    return { failedCalls: this.#failedCalls, passed: new Set(passed) };
  }
}

/** A call that was stopped has none: no mutant matches it. */
const noReply = new Uint8Array(0);

function toRecord(outcome: TestOutcome, visibility: Visibility): TestRecord {
  const { title, verdict, points, message, hint } = outcome;
  return { title, verdict, points, visibility, message, hint };
}

function sumPoints(tests: readonly TestRecord[]): number {
  return tests.reduce((sum, { points }) => sum + points, 0);
}
