import type ts from "typescript";
import type { LabCell } from "../../../src/lab/cells.js";
import type { RunCell } from "../../../src/lab/restore/restore.js";
import { kernelTypeScript, parseTypeScript, walk } from "./kernel-typescript.js";
import type { CellText } from "./notebook-lines.js";

/** The cells that the grader runs, with solutions or without. */
export function runnable(cells: readonly LabCell[], text: CellText): RunCell[] {
  return cells.flatMap(({ id, role, question, ...cell }) =>
    role === "code" || role === "answer"
      ? [{ id, role, source: cell[text], ...(question ? { question } : {}) }]
      : [],
  );
}

/**
 * The cells that a question needs, in their order: its answer, the answers that declare what its tests call, and
 * whatever declares a name that one of these uses. A name is taken for a use wherever it stands, so that there
 * may be a cell too many and never one too few, but for a cell that declares nothing and changes something.
 */
export function sliceOf(cells: readonly RunCell[], question: string, called: ReadonlySet<string>): RunCell[] {
  const known = cells.map((cell) => ({ cell, ...namesOf(cell.source) }));
  const needed = new Set(called);
  const taken = new Set(known.filter(({ cell }) => cell.question === question));
  for (let grown = true; grown; ) {
    grown = false;
    for (const each of taken) for (const name of each.used) needed.add(name);
    for (const each of known) {
      if (taken.has(each) || ![...each.declared].some((name) => needed.has(name))) continue;
      taken.add(each);
      grown = true;
    }
  }
  return known.filter((each) => taken.has(each)).map(({ cell }) => cell);
}

/** All texts in quotes of a test file: the names of the functions that it calls are among them. */
export function quotedIn(testFile: string): Set<string> {
  const { isStringLiteralLike } = kernelTypeScript();
  const found = new Set<string>();
  walk(parseTypeScript(testFile), (node) => {
    if (isStringLiteralLike(node)) found.add(node.text);
  });
  return found;
}

interface CellNames {
  readonly declared: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

function namesOf(source: string): CellNames {
  const { isIdentifier, isPropertyAccessExpression, isPropertyAssignment } = kernelTypeScript();
  const file = parseTypeScript(source);
  const used = new Set<string>();
  walk(file, (node) => {
    if (!isIdentifier(node)) return;
    const isProperty =
      (isPropertyAccessExpression(node.parent) || isPropertyAssignment(node.parent)) &&
      node.parent.name === node;
    if (!isProperty) used.add(node.text);
  });
  return { declared: new Set(file.statements.flatMap(declaredNames)), used };
}

/** The names that a statement at the top of a cell gives to later cells. */
export function declaredNames(statement: ts.Statement): string[] {
  const tools = kernelTypeScript();
  if (tools.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    const named =
      bindings && tools.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
    const namespace = bindings && tools.isNamespaceImport(bindings) ? [bindings.name.text] : [];
    return [...(clause?.name ? [clause.name.text] : []), ...named, ...namespace];
  }
  if (tools.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const { name } = statement as { readonly name?: ts.Node };
  return name && tools.isIdentifier(name) ? [name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  const { isIdentifier, isBindingElement } = kernelTypeScript();
  if (isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (isBindingElement(element) ? boundNames(element.name) : []));
}
