import { existsSync, readFileSync, statSync } from "node:fs";
import { LabError } from "../../core/errors.js";
import { type Notebook, notebookLimits, parseNotebook } from "../../lab/notebook.js";
import type { Release } from "../../lab/release.js";
import { restore } from "../../lab/restore/restore.js";
import { importNotes } from "../import-rule.js";
import { readManifest, readRelease } from "../lab-folder.js";

/** A saved notebook as it is about to be handed in: the grader would take it. */
export interface Submission {
  readonly lab: string;
  readonly release: string;
  readonly bytes: Uint8Array;
  readonly notebook: Notebook;
  /** Cell ids of the answers. */
  readonly answers: ReadonlySet<string>;
  /** What the student should know, one line each. */
  readonly notices: readonly string[];
}

/**
 * Reads a notebook with the grader's own rules.
 *
 * @throws LabError for whatever makes the grader refuse it: no notebook, another lab's, too large.
 */
export async function readSubmission(notebookPath: string, labDir: string): Promise<Submission> {
  const bytes = readBounded(notebookPath);
  const notebook = parseNotebook(bytes);
  const release = await readRelease(labDir);
  const lab = release?.id ?? (await readManifest(labDir))?.id ?? notebook.edgelab?.lab;
  return {
    lab: checkedId(lab, labDir),
    release: release?.release ?? notebook.edgelab?.release ?? "unknown",
    bytes,
    notebook,
    answers: answerIds(release, notebook),
    notices: [...restoreNotices(notebook, release), ...(await importNotes(labDir, notebookPath))],
  };
}

function readBounded(path: string): Uint8Array {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new LabError("NO_NOTEBOOK", `there is no file ${path}`, "Name the notebook to hand in.");
  const { size } = statSync(path);
  if (size > notebookLimits.bytes)
    throw new LabError(
      "NOTEBOOK_TOO_LARGE",
      `${path} has ${size} bytes, ${notebookLimits.bytes} are allowed`,
      "Clear its outputs, save it and hand it in again.",
    );
  return readFileSync(path);
}

/** It becomes the name of a file. */
function checkedId(lab: string | undefined, labDir: string): string {
  if (lab !== undefined && /^\w[\w.-]*$/.test(lab)) return lab;
  throw new LabError(
    "WHICH_LAB",
    `nothing in ${labDir} says which lab the notebook belongs to`,
    "Open the notebook in its own folder of the course repository, where release.json lies beside it.",
  );
}

function restoreNotices(notebook: Notebook, release: Release | undefined): readonly string[] {
  if (release) return restore(notebook, release, release.id).notices;
  return ["There is no release.json beside the notebook: whether its cells are complete was not checked."];
}

function answerIds(release: Release | undefined, notebook: Notebook): ReadonlySet<string> {
  const cells = release
    ? release.cells.filter(({ role }) => role === "answer").map(({ id }) => id)
    : notebook.cells.map(({ id }) => id ?? "");
  return new Set(cells);
}
