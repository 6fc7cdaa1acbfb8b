/*
 * Writes the cohort's submissions again, after the lab or cohort.ts has changed:
 *
 *   npx tsx examples/cohort/make.ts
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildNotebooks } from "../../grader/authoring/build.js";
import { findLab } from "../../grader/authoring/find-lab.js";
import { loadLab } from "../../grader/authoring/load-lab.js";
import { cohort } from "./cohort.js";

const { source, manifest } = await loadLab(findLab("01-quantization", join(import.meta.dirname, "../..")));
const submissions = join(import.meta.dirname, "submissions");
rmSync(submissions, { recursive: true, force: true });
for (const [student, text] of cohort(source, buildNotebooks(source, manifest).student)) {
  const file = join(submissions, student, manifest.id, `${manifest.id}.ipynb`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
