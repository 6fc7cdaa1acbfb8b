import type { QuestionRecord, SubmissionRecord, TestRecord } from "../pipeline/record.js";
import { waiting } from "../pipeline/written.js";
import { finding } from "./finding.js";
import { formatPoints, isJudged, isScored } from "./points.js";
import { safeText } from "./safe-text.js";
import { type WrittenView, writtenBar, writtenView } from "./written.js";

/** What the page shows: only what its student may see, as text that the template escapes. */
export interface FeedbackView {
  readonly labTitle: string;
  readonly lab: string;
  readonly student: string;
  readonly release: string;
  readonly isolation: string;
  readonly receipt: string;
  readonly headline: Headline;
  readonly finding: string;
  readonly hasBars: boolean;
  readonly bars: readonly BarView[];
  /** The bars once more, as JSON for the script that draws them. */
  readonly barsJson: string;
  readonly questions: readonly QuestionView[];
  readonly written: readonly WrittenView[];
  readonly notices: readonly string[];
}

export interface Headline {
  /** "17.5 / 30", or what is said in its place. */
  readonly text: string;
  readonly isScore: boolean;
  /** Sentences that explain it; none for a plain score. */
  readonly explanation: readonly string[];
}

export interface BarView {
  readonly id: string;
  readonly title: string;
  readonly judged: boolean;
  readonly score: number;
  readonly maxScore: number;
  /** "7.5", or "not judged yet". */
  readonly scoreText: string;
  readonly maxText: string;
  /** The length in percent of the bar's track. */
  readonly percent: number;
}

export interface QuestionView {
  readonly id: string;
  readonly title: string;
  readonly scoreText: string;
  readonly cellError: string;
  readonly groups: readonly TestGroup[];
  readonly misconceptions: readonly string[];
  readonly answer: string;
  readonly answerOpen: boolean;
}

export interface TestGroup {
  readonly caption: string;
  readonly tests: readonly TestView[];
}

export interface TestView {
  readonly verdict: TestRecord["verdict"];
  readonly sign: string;
  readonly word: string;
  readonly title: string;
  readonly pointsText: string;
  readonly message: string;
  readonly hint: string;
}

const longestMessage = 4_000;

export function feedbackView(record: SubmissionRecord, lab: { readonly title: string }): FeedbackView {
  const bars =
    record.status === "invalid"
      ? []
      : [...record.questions.map((question) => toBar(record, question)), ...record.written.map(writtenBar)];
  return {
    labTitle: lab.title,
    lab: record.lab,
    student: record.student,
    release: record.release,
    isolation: record.isolation,
    receipt: record.receipt,
    headline: headline(record),
    finding: finding(bars),
    hasBars: bars.length > 0,
    bars,
    barsJson: JSON.stringify(bars),
    questions: record.questions.map((question) => toQuestion(record, question)),
    written: record.written.map((answer, i) => writtenView(answer, record.questions.length + i)),
    notices: record.notices,
  };
}

function headline(record: SubmissionRecord): Headline {
  switch (record.status) {
    case "graded":
      return scored(record);
    case "needs-review":
      return {
        text: "Not judged yet",
        isScore: false,
        explanation: [
          "A part of this submission could not be judged automatically. A person will look at it; there is nothing that you need to do.",
        ],
      };
    case "error":
      return {
        text: "Not judged yet",
        isScore: false,
        explanation: [
          "The grader stopped before it could judge this submission. That says nothing about your work: it will be graded again, and there is nothing that you need to do.",
        ],
      };
    case "invalid":
      return {
        text: "This file could not be graded",
        isScore: false,
        explanation: [record.problem, "Then hand the notebook in again."].filter((line) => line !== ""),
      };
  }
}

/** The score out of what is graded: points that a person has still to give are no lost ones. */
function scored({ score, maxScore, written }: SubmissionRecord): Headline {
  const left = waiting(written);
  const open = left.reduce((sum, answer) => sum + answer.maxScore, 0);
  const count = left.length === 1 ? "A written answer" : `${left.length} written answers`;
  const explanation = `${count} for ${formatPoints(open)} points more will be graded by a person.`;
  return {
    text: `${formatPoints(score)} / ${formatPoints(maxScore - open)}`,
    isScore: true,
    explanation: left.length === 0 ? [] : [explanation],
  };
}

function toBar(record: SubmissionRecord, question: QuestionRecord): BarView {
  const judged = isJudged(record, question);
  const { score, maxScore } = question;
  return {
    id: question.id,
    title: question.title,
    judged,
    score: judged ? score : 0,
    maxScore,
    scoreText: judged ? formatPoints(score) : "not judged yet",
    maxText: formatPoints(maxScore),
    percent: judged && maxScore > 0 ? Math.min(100, (100 * score) / maxScore) : 0,
  };
}

function toQuestion(record: SubmissionRecord, question: QuestionRecord): QuestionView {
  const judged = isJudged(record, question);
  const groups = [
    { caption: "Public tests", tests: testsOf(question, "public") },
    { caption: "Hidden tests", tests: testsOf(question, "hidden") },
  ];
  return {
    id: question.id,
    title: question.title,
    scoreText: judged
      ? `${formatPoints(question.score)} / ${formatPoints(question.maxScore)}`
      : "not judged yet",
    cellError: safeText(question.cellError, longestMessage),
    groups: groups.filter((group) => group.tests.length > 0),
    misconceptions: question.misconceptions,
    answer: safeText(question.answer),
    answerOpen: !judged || question.score < question.maxScore || !isScored(record),
  };
}

function testsOf(question: QuestionRecord, visibility: TestRecord["visibility"]): TestView[] {
  return question.tests.filter((test) => test.visibility === visibility).map(toTest);
}

const signs = { pass: "✓", fail: "✗", "cannot-judge": "?" } as const;
const words = { pass: "holds", fail: "does not hold", "cannot-judge": "not judged yet" } as const;

function toTest(test: TestRecord): TestView {
  const { verdict, title } = test;
  const passed = verdict === "pass";
  const points = formatPoints(test.points);
  return {
    verdict,
    sign: signs[verdict],
    word: words[verdict],
    title,
    pointsText: verdict === "cannot-judge" ? `? / ${points}` : `${passed ? points : "0"} / ${points}`,
    // A hidden test's message may quote its inputs or what it expects: it is for the TA alone.
    message: test.visibility === "public" && !passed ? safeText(test.message, longestMessage) : "",
    hint: verdict === "fail" ? test.hint : "",
  };
}
