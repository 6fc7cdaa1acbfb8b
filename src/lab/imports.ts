import { isBuiltin } from "node:module";
import type { LabManifest } from "./manifest.js";
import { isOffered, needsTensorFlow, tensorFlow } from "./offered.js";

/** Whether the grader has a module: the lab's packages, what it offers of edgelab, and Node's own. */
export function isAllowed(
  specifier: string,
  { packages, withheld }: Pick<LabManifest, "packages" | "withheld">,
): boolean {
  if (/^[./]/.test(specifier)) return false;
  if (specifier === "tslab" || isBuiltin(specifier)) return true;
  const [first = "", second = ""] = specifier.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  if (name !== "edgelab") return packages.includes(name);
  const subpath = specifier.slice("edgelab/".length);
  if (needsTensorFlow(subpath) && !packages.includes(tensorFlow[0])) return false;
  return isOffered(subpath, withheld);
}

/** The modules that a piece of TypeScript names. A quick look, not a parser. */
export function importedModules(code: string): string[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*(["'])([^"'\n]+)\1/g;
  return [...code.matchAll(pattern)].flatMap(([, , specifier]) => (specifier ? [specifier] : []));
}
