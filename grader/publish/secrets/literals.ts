import type ts from "typescript";
import {
  kernelTypeScript,
  parseTypeScript,
  type TypeScript,
  walk,
} from "../../authoring/verify/kernel-typescript.js";

/** A string or a number in a piece of TypeScript. */
export interface Literal {
  readonly kind: "text" | "number";
  /** A number as it is written. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** The last argument of one of edgelab's matchers: what a message calls the value. */
  readonly isLabel: boolean;
}

const matchers = ["finiteNumber", "integer", "numbers", "record", "sameIntegers", "typedArray", "within"];

/**
 * The strings and numbers of a piece of TypeScript, but no names of modules, and nothing of a line that ends with
 * a comment `// public`: there its author says that students may know it.
 */
export function literalsIn(code: string): Literal[] {
  const tools = kernelTypeScript();
  const file = parseTypeScript(code);
  const lines = code.split("\n");
  const found: Literal[] = [];
  walk(file, (node) => {
    const literal = literalOf(tools, node);
    if (!literal || isModuleName(tools, node)) return;
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
    if (isMarkedPublic(lines[line] ?? "")) return;
    found.push({ ...literal, line: line + 1, isLabel: isLabel(tools, node) });
  });
  return found;
}

function literalOf(tools: TypeScript, node: ts.Node): Pick<Literal, "kind" | "value"> | undefined {
  if (tools.isNumericLiteral(node)) return { kind: "number", value: node.getText() };
  const isText =
    tools.isStringLiteralLike(node) ||
    tools.isTemplateHead(node) ||
    tools.isTemplateMiddle(node) ||
    tools.isTemplateTail(node);
  return isText ? { kind: "text", value: node.text } : undefined;
}

function isModuleName(tools: TypeScript, { parent }: ts.Node): boolean {
  return tools.isImportDeclaration(parent) || tools.isExportDeclaration(parent);
}

/** Whether a line's author says that students may know what stands in it. */
export function isMarkedPublic(line: string): boolean {
  return /\/\/\s*public\s*$/.test(line);
}

function isLabel(tools: TypeScript, node: ts.Node): boolean {
  let whole = node;
  while (tools.isTemplateSpan(whole.parent) || tools.isTemplateExpression(whole.parent)) whole = whole.parent;
  const call = whole.parent;
  if (!tools.isCallExpression(call) || call.arguments.length < 2 || call.arguments.at(-1) !== whole)
    return false;
  return tools.isIdentifier(call.expression) && matchers.includes(call.expression.text);
}
