import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { LabError } from "../../core/errors.js";
import { parseNotebook } from "../../lab/notebook.js";
import { type CourseFolder, findCourse, readCourse } from "../lab-folder.js";
import type { ValidateOptions, Validation } from "../run-notebook/validate.js";
import { pushNotebook } from "./push.js";
import { readSubmission, type Submission } from "./read-submission.js";
import type { Destination, Receipt } from "./receipt.js";
import { keepReceipt, sameAsBefore } from "./receipts.js";
import { refuseUnsaved } from "./unsaved.js";
import { writeZip, zipBytes } from "./zip.js";

export interface SubmitNotebookOptions {
  readonly notebookPath: string;
  /** The lab's folder, with `release.json` and `public/` in it. */
  readonly labDir: string;
  /** Where `handed-in/` goes; found upward of the lab if left out. */
  readonly courseDir?: string;
  /** As the course says in course.json if left out, and a zip file where it says nothing. */
  readonly to?: "zip" | "git";
  readonly now: () => Date;
  /** The code that each cell was last run with, by its id, where a kernel knows. */
  readonly executed?: ReadonlyMap<string, string>;
  /** Runs the cells and the public tests. */
  readonly validate: (options: ValidateOptions) => Promise<Validation>;
  readonly onStep?: ValidateOptions["onStep"];
  readonly signal?: AbortSignal;
}

export interface Submitted {
  readonly receipt: Receipt;
  readonly validation: Validation;
}

/**
 * Hands a notebook in. What the grader would refuse is refused here, before anything is written; a test that
 * fails or a cell that does not run is shown, and handed in all the same: unfinished work counts too.
 *
 * @throws LabError with what keeps the notebook from being handed in, and what to do.
 */
export async function submitNotebook(options: SubmitNotebookOptions): Promise<Submitted> {
  const { notebookPath, labDir, courseDir } = options;
  const folder = await (courseDir === undefined ? findCourse(labDir) : readCourse(courseDir));
  const submission = await readSubmission(notebookPath, labDir);
  refuseUnsaved(submission, options.executed ?? new Map());
  const validation = await options.validate({
    notebookPath,
    labDir,
    ...(options.onStep ? { onStep: options.onStep } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  options.signal?.throwIfAborted();
  const receipt = await handIn(options, submission, folder, validation);
  await keepReceipt(join(folder.dir, "handed-in"), receipt);
  return { receipt, validation };
}

async function handIn(
  { notebookPath, to, now }: SubmitNotebookOptions,
  submission: Submission,
  { dir, course }: CourseFolder,
  validation: Validation,
): Promise<Receipt> {
  const { lab, release } = submission;
  const at = now();
  const way = to ?? course?.submit ?? "zip";
  const sent =
    way === "git"
      ? await sendByGit(notebookPath, submission)
      : await sendAsZip(submission, join(dir, "handed-in"), at);
  const due = course?.labs.find(({ id }) => id === lab)?.due;
  const points = publicPoints(validation);
  const again = await sameAsBefore(join(dir, "handed-in"), { lab, sha256: sent.sha256 });
  return {
    lab,
    release,
    notebook: basename(notebookPath),
    sha256: sent.sha256,
    at: at.toISOString(),
    to: sent.to,
    ...(due === undefined ? {} : { due }),
    ...(points === undefined ? {} : { points }),
    notices: [...new Set([...submission.notices, ...validation.notices, ...sent.notices, ...again])],
  };
}

interface Sent {
  readonly to: Destination;
  readonly sha256: string;
  readonly notices: readonly string[];
}

async function sendAsZip(submission: Submission, folder: string, at: Date): Promise<Sent> {
  const sha256 = sha256Of(submission.bytes);
  const path = await writeZip(folder, submission.lab, await zipBytes(submission, sha256, at), at);
  return { to: { kind: "zip", path }, sha256, notices: [] };
}

async function sendByGit(notebookPath: string, { lab, bytes }: Submission): Promise<Sent> {
  if (basename(notebookPath) !== `${lab}.ipynb`)
    throw new LabError(
      "OTHER_NAME",
      `the course collects ${lab}.ipynb, and this is ${basename(notebookPath)}`,
      `Rename it, or use submit({ to: "zip" }).`,
    );
  const pushed = await pushNotebook(notebookPath, lab, refuseOtherContent);
  const same = Buffer.compare(pushed.bytes, bytes) === 0;
  return {
    to: pushed.to,
    sha256: sha256Of(pushed.bytes),
    notices: same ? [] : ["git stored the notebook with other line ends, or through a filter of yours."],
  };
}

/** A filter, such as Git LFS, can make git store something else than the notebook. */
function refuseOtherContent(committed: Uint8Array): void {
  try {
    parseNotebook(committed);
  } catch (cause) {
    throw new LabError(
      "NOT_THE_NOTEBOOK",
      "git stored something else than the notebook: a filter, such as Git LFS, is at work",
      'Nothing was pushed. Take it off for *.ipynb (git check-attr -a FILE shows it), or use submit({ to: "zip" }).',
      { cause },
    );
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function publicPoints({ questions }: Validation): Receipt["points"] {
  const tests = questions.flatMap(({ outcomes }) => outcomes);
  if (tests.length === 0) return undefined;
  const sum = (some: typeof tests) => some.reduce((total, { points }) => total + points, 0);
  return { earned: sum(tests.filter(({ verdict }) => verdict === "pass")), possible: sum(tests) };
}
