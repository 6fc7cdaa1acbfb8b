import { readFile, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { LabError } from "../../src/core/errors.js";
import { exportSource, hashOf } from "../authoring/export-source/export-source.js";
import { importNotebook } from "../authoring/import/import-notebook.js";
import { readNotebook } from "../authoring/import/read-notebook.js";
import { replaceFile } from "../feedback/replace-file.js";

export interface ExportCommand {
  /** Where the notebook goes; `labs/05-x/05-x.source.ipynb` where nothing is said. */
  readonly out?: string;
  /** Replace a notebook that holds edits which were not imported. */
  readonly force: boolean;
}

export interface ExportResult {
  readonly path: string;
  /** What takes the notebook back into the lab, typed in the working directory. */
  readonly importCommand: string;
}

/**
 * `grader export-source`: writes a lab's whole source as a notebook.
 *
 * @throws LabError NOT_IMPORTED where that would undo edits that somebody has made in Jupyter.
 */
export async function exportLab(labDir: string, { out, force }: ExportCommand): Promise<ExportResult> {
  const lab = basename(labDir);
  const path = out === undefined ? join(labDir, `${lab}.source.ipynb`) : resolve(out);
  const text = await readFile(join(labDir, "notebook.ts"), "utf8");
  const notebook = exportSource(text, lab);
  if (!force && !(await isReplaceable(path, hashOf(text))))
    throw new LabError(
      "NOT_IMPORTED",
      `${path} says something else than notebook.ts`,
      `Import it first: npx --no-install grader import ${path}, or replace it with --force.`,
    );
  await replaceFile(path, (temporary) => writeFile(temporary, notebook, { flag: "wx" }));
  const isHere = resolve("labs", lab) === resolve(labDir);
  const to = isHere ? "" : ` --to ${relative(".", labDir) || "."}`;
  return { path, importCommand: `npx --no-install grader import ${relative(".", path)}${to}` };
}

/** Nothing is lost where there is no file, or an export that was not edited. */
async function isReplaceable(path: string, now: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return true;
  try {
    const file = basename(path);
    const read = readNotebook(bytes, file);
    const text = hashOf(importNotebook(read, { file }).text);
    return text === now || text === read.source?.sha256;
  } catch (error) {
    if (error instanceof LabError) return false;
    throw error;
  }
}
