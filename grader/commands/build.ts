import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { releaseFileName } from "../../src/lab/release.js";
import { buildNotebooks } from "../authoring/build.js";
import { loadLab } from "../authoring/load-lab.js";
import { replaceFile } from "../feedback/replace-file.js";

export interface BuildOptions {
  /** Compare the student's notebook with what would be built, and write nothing. */
  readonly check: boolean;
}

/** What a build wrote or, where it only compared, would have written. */
export interface BuildResult {
  readonly lab: string;
  readonly release: string;
  readonly files: readonly string[];
}

/**
 * Builds a lab's notebooks from its `notebook.ts`.
 *
 * @throws LabError STALE_NOTEBOOK where `check` finds a student's notebook that is not what would be built.
 */
export async function build(labDir: string, { check }: BuildOptions): Promise<BuildResult> {
  const { manifest, source, release } = await loadLab(labDir);
  const built = buildNotebooks(source, manifest);
  const student = join(labDir, `${manifest.id}.ipynb`);
  const reference = join(labDir, "build", "reference.ipynb");
  const releaseFile = join(labDir, "build", releaseFileName);
  if (check) {
    const committed = await readFile(student, "utf8").catch(() => "");
    if (committed !== built.student) throw stale(manifest.id, committed === "");
  } else {
    await mkdir(join(labDir, "build"), { recursive: true });
    await update(student, built.student);
    await update(reference, built.reference);
    await update(releaseFile, built.release);
  }
  return { lab: manifest.id, release, files: [student, reference, releaseFile] };
}

// What has not changed stays untouched: whoever has the notebook open is not asked to load it again.
async function update(path: string, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  await replaceFile(path, (temporary) => writeFile(temporary, text, { flag: "wx" }));
}

function stale(lab: string, missing: boolean): LabError {
  const problem = missing ? "is not there" : "is not what notebook.ts builds";
  return new LabError(
    "STALE_NOTEBOOK",
    `${lab}/${lab}.ipynb ${problem}`,
    `Run npx --no-install grader build ${lab}.`,
  );
}
