import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { LabManifest } from "../lab/manifest.js";
import { isOffered, needsTensorFlow, tensorFlow } from "../lab/offered.js";
import { importDefault } from "./public-tests.js";

/** Larger notebooks are full of outputs, and the grader refuses them. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Lines about imports that work here and will fail in the grader, which has only what the lab's manifest
 * names. Looks at the notebooks beside the public tests, as they were last saved.
 */
export async function importNotes(labDir: string): Promise<string[]> {
  const manifestPath = join(labDir, "lab.ts");
  if (!existsSync(manifestPath)) return [];
  const manifest = (await importDefault(manifestPath)) as LabManifest;
  const refused = readdirSync(labDir)
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => join(labDir, name))
    .filter((path) => statSync(path).size <= maxBytes)
    .flatMap((path) => importedModules(gradedCode(readFileSync(path, "utf8"))))
    .filter((specifier) => !isAllowed(specifier, manifest));
  return [...new Set(refused)].map(
    (specifier) => `The grader does not have "${specifier}": the cell that imports it will fail there.`,
  );
}

/** Whether the grader has a module: the lab's packages, what it offers of edgelab, and Node's own. */
export function isAllowed(specifier: string, { packages, withheld }: LabManifest): boolean {
  if (/^[./]/.test(specifier)) return false;
  if (specifier === "tslab" || isBuiltin(specifier)) return true;
  const [first = "", second = ""] = specifier.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  if (name !== "edgelab") return packages.includes(name);
  const subpath = specifier.slice("edgelab/".length);
  if (needsTensorFlow(subpath) && !packages.includes(tensorFlow[0])) return false;
  return isOffered(subpath, withheld);
}

/** The modules that a piece of TypeScript names. A quick look, not a parser: it only warns. */
export function importedModules(code: string): string[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*(["'])([^"'\n]+)\1/g;
  return [...code.matchAll(pattern)].flatMap(([, , specifier]) => (specifier ? [specifier] : []));
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
