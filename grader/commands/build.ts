import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { buildNotebooks } from "../authoring/build.js";
import { loadLab } from "../authoring/load-lab.js";

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
  const locked = join(labDir, "build", "locked-cells.json");
  if (check) {
    const committed = await readFile(student, "utf8").catch(() => "");
    if (committed !== built.student) throw stale(manifest.id, committed === "");
  } else {
    await mkdir(join(labDir, "build"), { recursive: true });
    await writeFile(student, built.student);
    await writeFile(reference, built.reference);
    await writeFile(locked, built.locked);
  }
  return { lab: manifest.id, release, files: [student, reference, locked] };
}

function stale(lab: string, missing: boolean): LabError {
  const problem = missing ? "is not there" : "is not what notebook.ts builds";
  return new LabError("STALE_NOTEBOOK", `${lab}/${lab}.ipynb ${problem}`, `Run npx grader build ${lab}.`);
}
