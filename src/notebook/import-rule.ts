import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { importedModules, isAllowed } from "../lab/imports.js";
import { readManifest } from "./lab-folder.js";

/** Larger notebooks are full of outputs, and the grader refuses them. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Lines about imports that work here and will fail in the grader, which has only what the lab's manifest
 * names. Looks at one notebook as it was last saved, or at all that lie beside the public tests.
 */
export async function importNotes(labDir: string, notebookPath?: string): Promise<string[]> {
  try {
    const manifest = await readManifest(labDir);
    if (manifest === undefined) return [];
    const refused = (notebookPath === undefined ? notebooksIn(labDir) : [notebookPath])
      .filter((path) => existsSync(path) && statSync(path).size <= maxBytes)
      .flatMap((path) => importedModules(gradedCode(readFileSync(path, "utf8"))))
      .filter((specifier) => !isAllowed(specifier, manifest));
    return [...new Set(refused)].map(
      (specifier) => `The grader does not have "${specifier}": the cell that imports it will fail there.`,
    );
  } catch (error) {
    // A broken file beside the notebook does not make the results of its tests worthless.
    if (error instanceof LabError) return [error.message];
    throw error;
  }
}

function notebooksIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => join(folder, name));
}

/** The code cells that the grader runs: those that only students run may import what they like. */
export function gradedCode(notebook: string): string {
  try {
    const { cells } = JSON.parse(notebook) as { cells: readonly NotebookCell[] };
    return cells
      .filter((cell) => cell.cell_type === "code")
      .filter((cell) => !["explore", "check"].includes(cell.metadata?.edgelab?.role ?? ""))
      .map((cell) => [cell.source ?? ""].flat().join(""))
      .join("\n");
  } catch {
    // A notebook that can't be read is reported when it is handed in.
    return "";
  }
}

interface NotebookCell {
  readonly cell_type?: string;
  readonly metadata?: { readonly edgelab?: { readonly role?: string } };
  readonly source?: string | readonly string[];
}
