import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { isAllowed } from "../../../../src/lab/imports.js";
import { packageRoot } from "../../../package-root.js";
import type { Lab } from "../../load-lab.js";
import type { Finding, Subject } from "../check.js";
import { kernelTypeScript, parseTypeScript, walk } from "../kernel-typescript.js";
import { type LocatedCell, placeOf } from "../notebook-lines.js";

/** The grader has what its cells import, and the other cells import what is installed. */
export async function checkImports({ lab, cells }: Subject): Promise<Finding[]> {
  const problems = cells.flatMap((located) => {
    const { role, reference } = located.cell;
    if (role === "prose" || role === "written") return [];
    return namedModules(reference).flatMap((module) => {
      const problem =
        role === "code" || role === "answer" ? graderLacks(module, lab) : nobodyHas(module, lab);
      return problem === "" ? [] : [`${at(located, module.line)}: ${problem}`];
    });
  });
  return [{ title: "every import is allowed where the grader runs it, and found elsewhere", problems }];
}

const at = (located: LocatedCell, line: number): string => placeOf(located, "reference", line);

export interface NamedModule {
  readonly specifier: string;
  /** Counted from 0. */
  readonly line: number;
}

/** The modules that a cell imports or requires by a fixed name. */
export function namedModules(source: string): NamedModule[] {
  const tools = kernelTypeScript();
  const file = parseTypeScript(source);
  const found: NamedModule[] = [];
  walk(file, (node) => {
    const named = moduleNameIn(node);
    if (!named || !tools.isStringLiteralLike(named)) return;
    found.push({ specifier: named.text, line: file.getLineAndCharacterOfPosition(named.getStart()).line });
  });
  return found;
}

function moduleNameIn(node: ts.Node): ts.Node | undefined {
  const tools = kernelTypeScript();
  if (tools.isImportDeclaration(node) || tools.isExportDeclaration(node)) return node.moduleSpecifier;
  if (tools.isExternalModuleReference(node)) return node.expression;
  if (!tools.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === tools.SyntaxKind.ImportKeyword;
  return isImport || node.expression.getText() === "require" ? node.arguments[0] : undefined;
}

function graderLacks({ specifier }: NamedModule, { manifest }: Lab): string {
  if (isAllowed(specifier, manifest)) return "";
  if (/^[./]/.test(specifier))
    return `"${specifier}" is a file, and the grader has no files beside the notebook`;
  const subpath = /^edgelab\/(.+)$/.exec(specifier)?.[1];
  if (subpath === undefined)
    return `the grader does not have "${specifier}": name its package in lab.ts, or move the import to an explore cell`;
  return manifest.withheld.some((each) => subpath === each || subpath.startsWith(`${each}/`))
    ? `lab.ts withholds "${specifier}", so the grader does not have it`
    : `the grader does not have "${specifier}"`;
}

function nobodyHas({ specifier }: NamedModule, { dir }: Lab): string {
  if (specifier === "tslab" || isBuiltin(specifier)) return "";
  if (/^[./]/.test(specifier)) return `"${specifier}" is a file, and students get no files to import`;
  const from = /^edgelab(\/|$)/.test(specifier) ? packageRoot() : dir;
  try {
    createRequire(join(from, "notebook.ts")).resolve(specifier);
    return "";
  } catch {
    return `"${specifier}" is not found; is its package installed?`;
  }
}
