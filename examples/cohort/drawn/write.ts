import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Lab } from "../../../grader/authoring/load-lab.js";
import { pointsOf } from "../../../grader/pipeline/written.js";
import { LabError } from "../../../src/core/errors.js";
import type { DrawnSubmission } from "./draw.js";
import type { ExpectedSubmission } from "./predict.js";

/** What is written beside the submissions. */
export interface Expectations {
  readonly lab: string;
  readonly seed: string;
  readonly release: string;
  readonly testsHash: string;
  readonly maxScore: number;
  readonly submissions: Readonly<Record<string, ExpectedSubmission>>;
}

const expectedFile = "expected.json";
export const submissionsFolder = "submissions";

/**
 * Writes a cohort as `OUT/submissions/{student}/{lab}/{notebook}.ipynb`, and what is expected of it as
 * `OUT/expected.json`. An earlier cohort in the folder goes.
 *
 * @throws LabError NOT_A_COHORT where the folder holds something else.
 */
export async function writeCohort(
  out: string,
  {
    lab,
    seed,
    drawn,
  }: { readonly lab: Lab; readonly seed: string; readonly drawn: readonly DrawnSubmission[] },
): Promise<Expectations> {
  await empty(out);
  const { id } = lab.manifest;
  for (const { student, files } of drawn) {
    const folder = path.join(out, submissionsFolder, student, id);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  }
  const { release, testsHash, source } = lab;
  const submissions = Object.fromEntries(drawn.map(({ student, expected }) => [student, expected]));
  const expectations = { lab: id, seed, release, testsHash, maxScore: pointsOf(source), submissions };
  await writeFile(path.join(out, expectedFile), `${JSON.stringify(expectations, null, 2)}\n`);
  return expectations;
}

async function empty(out: string): Promise<void> {
  const there = existsSync(out) ? await readdir(out) : [];
  if (there.length > 0 && !there.includes(expectedFile))
    throw new LabError(
      "NOT_A_COHORT",
      `${out} holds something else than a cohort`,
      "Name a folder that is not there yet, or an earlier cohort's.",
    );
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
}
