import { open } from "node:fs/promises";
import { LabError } from "../../core/errors.js";
import { type Notebook, notebookLimits, parseNotebook } from "../../lab/notebook.js";
import { type RunCell, restore } from "../../lab/restore/restore.js";
import { readRelease } from "../lab-folder.js";
import { publicTestIds } from "../public-tests.js";

/** What is to run of a notebook. */
export interface Plan {
  readonly cells: readonly RunCell[];
  readonly notices: readonly string[];
  readonly questions: readonly PlannedQuestion[];
  /** Processor time that the grader gives one cell; absent where no release says. */
  readonly cellCpuMs?: number;
}

export interface PlannedQuestion {
  readonly id: string;
  readonly title: string;
  readonly hasPublicTests: boolean;
}

/**
 * What the grader would run of a notebook, and the questions. Without a release, all of its code cells but
 * those that say they are for the student only.
 *
 * @throws LabError where the grader would refuse the notebook.
 */
export async function planNotebook(notebookPath: string, labDir: string): Promise<Plan> {
  const bytes = await readNotebook(notebookPath);
  const notebook = parseNotebook(bytes);
  const publicTests = publicTestIds(labDir);
  const release = await readRelease(labDir);
  if (release === undefined) {
    const questions = publicTests.map((id) => ({ id, title: "", hasPublicTests: true }));
    return { cells: gradedCells(notebook, bytes), notices: [], questions };
  }
  const { cells, notices } = restore(notebook, release, release.id);
  const questions = release.questions.map(({ id, title }) => ({
    id,
    title,
    hasPublicTests: publicTests.includes(id),
  }));
  return { cells, notices, questions, cellCpuMs: release.limits.cellCpuMs };
}

// One byte more than is allowed is enough to be refused.
async function readNotebook(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw new LabError("NO_NOTEBOOK", `there is no notebook ${path}`, "Name the .ipynb file.", { cause });
  });
  try {
    const bytes = Buffer.alloc(notebookLimits.bytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function gradedCells(notebook: Notebook, bytes: Uint8Array): RunCell[] {
  const roles = rolesOf(bytes);
  return notebook.cells.flatMap(({ id, type, source }, index): RunCell[] => {
    const role = roles[index];
    if (type !== "code" || role === "explore" || role === "check") return [];
    const cell = { id: id ?? `cell-${index + 1}`, source };
    return [role === "answer" ? { ...cell, role, question: cell.id } : { ...cell, role: "extra" }];
  });
}

interface MarkedCells {
  readonly cells: readonly { readonly metadata?: { readonly edgelab?: { readonly role?: unknown } } }[];
}

// Of a notebook that parseNotebook has accepted.
function rolesOf(bytes: Uint8Array): unknown[] {
  const { cells } = JSON.parse(new TextDecoder().decode(bytes)) as MarkedCells;
  return cells.map(({ metadata }) => metadata?.edgelab?.role);
}
