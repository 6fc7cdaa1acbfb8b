import { LabError } from "../../core/errors.js";
import type { Submission } from "./read-submission.js";

/**
 * Compares the saved answers with what the kernel last ran: the file may be older than what is on the screen.
 *
 * @throws LabError UNSAVED naming the cells that differ.
 */
export function refuseUnsaved(
  { notebook, answers }: Pick<Submission, "notebook" | "answers">,
  executed: ReadonlyMap<string, string>,
): void {
  const differing = notebook.cells.flatMap(({ id, edgelab, type, source }) => {
    const code = id === undefined ? undefined : executed.get(id);
    const known = [id, edgelab?.id].some((name) => name !== undefined && answers.has(name));
    return known && type === "code" && code !== undefined && plain(code) !== plain(source) ? [id] : [];
  });
  if (differing.length === 0) return;
  throw new LabError(
    "UNSAVED",
    `what you last ran in ${differing.join(", ")} is not what the saved notebook has there. Nothing was handed in`,
    "Save the notebook first (Ctrl+S; Cmd+S on a Mac), then submit again. " +
      "If you changed a cell after you ran it, run it once more before.",
  );
}

/** Editors may change line ends and what stands at the end of a cell. */
function plain(source: string): string {
  return source.replace(/\r\n/g, "\n").trimEnd();
}
