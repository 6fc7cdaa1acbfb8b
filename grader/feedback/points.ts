import type { QuestionRecord, SubmissionRecord } from "../pipeline/record.js";

/** At most two decimals, cut and not rounded: only all the points look like all the points. */
export function formatPoints(points: number): string {
  return String(Math.floor(points * 100 + 1e-6) / 100);
}

/**
 * Whether the question's score says something about the answer. Where a test could not be judged, or
 * none was, a zero would be an accident of ours.
 */
export function isJudged(record: SubmissionRecord, question: QuestionRecord): boolean {
  if (record.status === "graded") return question.tests.every((test) => test.verdict !== "cannot-judge");
  if (record.status !== "needs-review") return false;
  return question.tests.length > 0 && question.tests.every((test) => test.verdict !== "cannot-judge");
}

/** Whether the total is a score: that of a submission which a person still has to look at is not. */
export function isScored(record: SubmissionRecord): boolean {
  return record.status === "graded";
}
