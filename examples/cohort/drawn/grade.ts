import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { openGradebook } from "../../../grader/gradebook/gradebook.js";
import { packageRoot } from "../../../grader/package-root.js";
import type { SubmissionRecord } from "../../../grader/pipeline/record.js";
import type { ExpectedSubmission } from "./predict.js";
import { type Expectations, submissionsFolder } from "./write.js";

export interface GradeOptions {
  /** Folder of the lab, and of the cohort. */
  readonly lab: string;
  readonly out: string;
  readonly jobs: number;
  /** Called as each submission is graded. */
  readonly onGraded?: () => void;
}

/** Grades a cohort with the `grader run` of this repository's build, into a gradebook beside it. */
export async function gradeCohort({ lab, out, jobs, onGraded }: GradeOptions): Promise<SubmissionRecord[]> {
  const gradebook = path.join(out, "gradebook.db");
  const cli = path.join(packageRoot(), "dist", "grader", "cli.js");
  const folders = [
    "--submissions",
    path.join(out, submissionsFolder),
    "--feedback",
    path.join(out, "feedback"),
  ];
  const args = [cli, "run", lab, ...folders, "--gradebook", gradebook, "--jobs", String(jobs), "--json"];
  const run = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => run.once("close", resolve));
  for await (const _ of createInterface({ input: run.stdout })) onGraded?.();
  const code = await ended;
  // 2: some need a person, which a comparison shows.
  if (code !== 0 && code !== 2) throw new Error(`grader run ended with ${code}`);
  const book = await openGradebook(gradebook);
  try {
    return await book.latest(path.basename(lab));
  } finally {
    await book.close();
  }
}

/** One line for each thing that the grader found otherwise than it was predicted. */
export function surprises({ submissions }: Expectations, records: readonly SubmissionRecord[]): string[] {
  const graded = new Map(records.map((record) => [record.student, record]));
  const missing = Object.keys(submissions).filter((student) => !graded.has(student));
  return [
    ...missing.map((student) => `${student}: not graded`),
    ...records.flatMap((record) => {
      const expected = submissions[record.student];
      const lines = expected ? differences(record, expected) : ["not expected"];
      return lines.map((line) => `${record.student}: ${line}`);
    }),
  ];
}

function differences(record: SubmissionRecord, expected: ExpectedSubmission): string[] {
  const found: string[] = [];
  const same = (what: string, got: readonly string[], wanted: readonly string[]): void => {
    const [left, right] = [[...got].sort().join("; "), [...wanted].sort().join("; ")];
    if (left !== right) found.push(`${what}: ${left || "none"}, expected ${right || "none"}`);
  };
  same("status", [record.status], [expected.status]);
  if (record.score < expected.least || record.score > expected.most)
    found.push(`score: ${record.score}, expected ${expected.least} to ${expected.most}`);
  const ids = record.questions.map(({ id }) => id);
  same("questions", ids, Object.keys(expected.questions));
  const answered = record.written.filter(({ answer }) => answer !== "").map(({ id }) => id);
  same("written answers", answered, expected.written);
  for (const { id, score, tests } of record.questions) {
    const wanted = expected.questions[id];
    if (!wanted) continue;
    if (score < wanted.least || score > wanted.most)
      found.push(`score of ${id} (${wanted.answer}): ${score}, expected ${wanted.least} to ${wanted.most}`);
    const failed = tests.filter(({ verdict }) => verdict !== "pass").map(({ title }) => title);
    const sure = failed.filter((title) => !wanted.mayFail.includes(title));
    same(`failed tests of ${id} (${wanted.answer})`, sure, wanted.fails);
  }
  return found;
}
