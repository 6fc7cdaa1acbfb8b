import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { packageRoot } from "../package-root.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { renderTable } from "../terminal/table.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";
import type { BatchOptions } from "./batch.js";
import { runBatch } from "./run.js";

const expectedSchema = z.object({
  lab: z.string(),
  submissions: z.record(
    z.string(),
    z.object({
      status: z.string(),
      score: z.number(),
      questions: z.record(
        z.string(),
        z.object({ score: z.number(), fails: z.union([z.literal("all"), z.array(z.string())]) }),
      ),
      why: z.string(),
    }),
  ),
});

type Expected = z.infer<typeof expectedSchema>["submissions"][string];

/** `grader demo`: grades the example cohort into a new folder, and compares each record with what is expected. */
export async function demo(
  options: Pick<BatchOptions, "jobs" | "isolation">,
  terminal: Terminal,
): Promise<ExitReason> {
  const cohort = path.join(packageRoot(), "examples", "cohort");
  const expected = expectedSchema.parse(
    JSON.parse(await readFile(path.join(cohort, "expected.json"), "utf8")),
  );
  const folder = await mkdtemp(path.join(tmpdir(), "edgelab-demo-"));
  const batch = {
    ...options,
    lab: path.join(packageRoot(), "labs", expected.lab),
    submissions: path.join(cohort, "submissions"),
    students: [],
    gradebook: path.join(folder, "gradebook.db"),
    feedback: path.join(folder, "feedback"),
    resume: false,
  };
  const { records, stopped } = await runBatch(batch, terminal, () => {});
  if (stopped) return "interrupted";
  terminal.print(renderTable(records, terminal));
  const surprises = compare(records, new Map(Object.entries(expected.submissions)));
  const verdict =
    surprises.length === 0 ? `All ${records.length} records are as expected` : surprises.join("\n");
  terminal.print(
    `\n${verdict}${surprises.length === 0 ? " (examples/cohort/expected.json says why each)." : ""}`,
  );
  terminal.print(
    `Feedback pages: ${path.join(batch.feedback, expected.lab)}\nGradebook:      ${batch.gradebook}`,
  );
  return surprises.length === 0 ? "done" : "ourFault";
}

/** One line for each difference; a submission that is missing or too many is one. */
function compare(records: readonly SubmissionRecord[], expected: ReadonlyMap<string, Expected>): string[] {
  const graded = new Map(records.map((record) => [record.student, record]));
  const missing = [...expected.keys()]
    .filter((student) => !graded.has(student))
    .map((student) => `${student}: not graded`);
  const differences = records.flatMap((record) => {
    const wanted = expected.get(record.student);
    return wanted
      ? differencesOf(record, wanted).map((text) => `${record.student}: ${text}`)
      : [`${record.student}: not expected`];
  });
  return [...missing, ...differences];
}

function differencesOf(record: SubmissionRecord, wanted: Expected): string[] {
  const differences: string[] = [];
  const differ = (what: string, got: unknown, expected: unknown): void => {
    const [left, right] = [JSON.stringify(got), JSON.stringify(expected)];
    if (left !== right) differences.push(`${what} is ${left}, expected ${right}`);
  };
  differ("status", record.status, wanted.status);
  differ("score", record.score, wanted.score);
  differ(
    "questions",
    record.questions.map(({ id }) => id),
    Object.keys(wanted.questions),
  );
  for (const { id, score, tests } of record.questions) {
    differ(`score of ${id}`, score, wanted.questions[id]?.score);
    const titles = (all: typeof tests): string[] => all.map(({ title }) => title).sort();
    const expected = wanted.questions[id]?.fails ?? [];
    const fails = titles(tests.filter(({ verdict }) => verdict !== "pass"));
    differ(`failed tests of ${id}`, fails, expected === "all" ? titles(tests) : [...expected].sort());
  }
  return differences;
}
