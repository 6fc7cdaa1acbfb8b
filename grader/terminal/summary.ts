import { formatPoints } from "../feedback/points.js";
import type { Status, SubmissionRecord } from "../pipeline/record.js";
import { waiting } from "../pipeline/written.js";
import { safe } from "./cell.js";
import { wrap } from "./wrap.js";

/** The totals of a batch in words, and what to do about what is not graded. */
export function summarize(records: readonly SubmissionRecord[], columns: number): string[] {
  return [...wrap(totals(records), columns), ...nextSteps(records).flatMap((step) => wrap(step, columns))];
}

function totals(records: readonly SubmissionRecord[]): string {
  const graded = withStatus(records, "graded");
  const parts = [
    `${graded.length} graded`,
    ...counted(withStatus(records, "invalid").length, "not readable"),
    ...counted(withStatus(records, "needs-review").length, "for a person"),
    ...counted(withStatus(records, "error").length, "failed on our side"),
  ];
  const count = `${records.length} ${records.length === 1 ? "submission" : "submissions"}: ${parts.join(", ")}.`;
  return graded.length === 0 ? count : `${count} ${mean(graded)}`;
}

function mean(graded: readonly SubmissionRecord[]): string {
  const average = graded.reduce((sum, record) => sum + record.score, 0) / graded.length;
  const [first] = graded;
  const same = first !== undefined && graded.every((record) => testedPoints(record) === testedPoints(first));
  const of = same ? ` of ${formatPoints(testedPoints(first))}` : "";
  const left = graded.reduce((sum, record) => sum + waiting(record.written).length, 0);
  const rest = left === 0 ? "" : " What waits for a person is not in it.";
  return `Mean of the graded: ${Number(average.toPrecision(3))}${of}.${rest}`;
}

function testedPoints({ questions }: SubmissionRecord): number {
  return questions.reduce((sum, { maxScore }) => sum + maxScore, 0);
}

function nextSteps(records: readonly SubmissionRecord[]): string[] {
  const steps: string[] = [];
  const lab = safe(records[0]?.lab ?? "LAB");
  if (withStatus(records, "invalid").length > 0) {
    steps.push("✗ Ask for the file again: the note says what is wrong with it.");
  }
  if (withStatus(records, "needs-review").length > 0) {
    steps.push("? Look at what could not be judged before its score counts: --json shows each test.");
  }
  if (withStatus(records, "needs-review", "error").length > 0) {
    steps.push(`? To grade the ? rows again: npx --no-install grader run ${lab} --resume`);
  }
  return steps;
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

function withStatus(
  records: readonly SubmissionRecord[],
  ...statuses: readonly Status[]
): readonly SubmissionRecord[] {
  return records.filter((record) => statuses.includes(record.status));
}
