import type { Finding, Workshop } from "../check.js";
import { runnable } from "../slice.js";

/** What an untouched notebook is worth: it runs, and every test fails. */
export async function checkStarter({ judges, lab, library, told }: Workshop): Promise<Finding[]> {
  const cells = runnable(lab.source.cells, "source");
  const { seeds } = await judges.judge({ cells, seeds: ["seed 1"], library });
  const problems: string[] = [];
  for (const { record } of seeds.flatMap(({ questions }) => questions)) {
    told.push(record);
    if (record.cellError) problems.push(`${record.id} does not run: ${record.cellError}`);
    for (const test of record.tests)
      if (test.verdict !== "fail") problems.push(`${record.id}, "${test.title}": ${test.verdict}`);
  }
  return [{ title: "the starter runs and scores nothing", problems }];
}
