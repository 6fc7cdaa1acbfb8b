import type { SubmissionRecord } from "../pipeline/record.js";

/** A submission as `--json` prints it: one object on one line, with exactly the documented keys. */
export function jsonLine(record: SubmissionRecord): string {
  const { student, lab, status, score, maxScore, isolation, durationMs, receipt, problem } = record;
  const questions = record.questions.map((question) => ({
    id: question.id,
    score: question.score,
    maxScore: question.maxScore,
    tests: question.tests.map(({ title, verdict, points, visibility, message }) => ({
      title,
      verdict,
      points,
      visibility,
      message,
    })),
  }));
  const written = record.written.map(({ id, maxScore: points, answer }) => ({
    id,
    maxScore: points,
    // Nothing to grade is nothing; everything else a person has still to grade.
    score: answer === "" ? 0 : null,
  }));
  const line = { student, lab, status, score, maxScore, questions, written, isolation, durationMs, receipt };
  const json = JSON.stringify(problem === "" ? line : { ...line, problem });
  // JSON leaves these as they are; a terminal would obey them, and some readers end a line there.
  return json.replace(/[\u007f-\u009f\u2028\u2029]/g, escapeCode);
}

function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
