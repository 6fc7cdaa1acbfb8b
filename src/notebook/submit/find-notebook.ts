import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { LabError } from "../../core/errors.js";

export interface NotebookChoice {
  readonly labDir: string;
  /** "01-quantization", where the folder says it. */
  readonly labId: string | undefined;
  /** What Jupyter calls the session that asks: the notebook's path, or something of its own. */
  readonly sessionName: string | undefined;
}

/**
 * The notebook that is meant: the one that is open, else the lab's own, else the only one there.
 *
 * @throws LabError NO_NOTEBOOK, WHICH_NOTEBOOK with what is there instead.
 */
export function findNotebook({ labDir, labId, sessionName }: NotebookChoice): string {
  const open = sessionName === undefined ? undefined : join(labDir, basename(sessionName));
  if (open?.endsWith(".ipynb") && existsSync(open)) return open;
  const own = labId === undefined ? undefined : join(labDir, `${labId}.ipynb`);
  if (own !== undefined && existsSync(own)) return own;
  const [only, ...others] = readdirSync(labDir).filter((name) => name.endsWith(".ipynb"));
  if (only === undefined)
    throw new LabError(
      "NO_NOTEBOOK",
      `there is no notebook in ${labDir}`,
      "Run this in the folder of the lab, or name the notebook: npx --no-install edgelab submit NOTEBOOK.ipynb",
    );
  if (others.length > 0)
    throw new LabError(
      "WHICH_NOTEBOOK",
      `there are ${others.length + 1} notebooks in ${labDir}: ${[only, ...others].sort().join(", ")}`,
      "Name the one to hand in: npx --no-install edgelab submit NOTEBOOK.ipynb",
    );
  return join(labDir, only);
}
