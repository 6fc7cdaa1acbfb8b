import { validateNotebook } from "../run-notebook/validate.js";
import { receiptText } from "../submit/receipt-view.js";
import { submitNotebook } from "../submit/submit-notebook.js";
import { findCourse, findNotebook } from "./find-course.js";
import type { Terminal } from "./terminal.js";

export interface SubmitCommandOptions {
  readonly notebook: string | undefined;
  readonly to: "zip" | "git" | undefined;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Hands a notebook in, and prints the receipt.
 *
 * @throws LabError with what keeps it from being handed in.
 */
export async function submit(options: SubmitCommandOptions, terminal: Terminal): Promise<void> {
  const { notebook, to, cwd, signal } = options;
  const course = findCourse(cwd);
  const place = findNotebook(course, notebook, cwd);
  const submitted = await submitNotebook({
    ...place,
    courseDir: course.root,
    ...(to === undefined ? {} : { to }),
    now: () => new Date(),
    validate: validateNotebook,
    onStep: (done, total, id) => terminal.status(`Trying the notebook: ${done} of ${total} · ${id}`),
    signal,
  });
  terminal.status("");
  terminal.print(receiptText(submitted));
}
