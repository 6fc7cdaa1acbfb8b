import type ts from "typescript";
import { kernelTypeScript, parseTypeScript, walk } from "./kernel-typescript.js";

/** A text this long is no word that anybody could happen to write. */
const longText = 12;
/** Three numbers in a row are as telling as one with many digits. */
const longList = 3;

/**
 * What of a test file would be known again elsewhere: numbers of four digits or more, lists of three numbers or
 * more, long texts. Titles and hints are not among them, since they are written for students.
 */
export function distinctiveLiterals(testFile: string): Set<string> {
  const tools = kernelTypeScript();
  const found = new Set<string>();
  walk(parseTypeScript(testFile), (node) => {
    if (tools.isNumericLiteral(node) && isDistinctive(node.getText())) found.add(node.getText());
    if (tools.isStringLiteralLike(node) && node.text.length >= longText && !isForStudents(node))
      found.add(node.text);
    if (tools.isArrayLiteralExpression(node) && node.elements.length >= longList) {
      const texts = node.elements.map((element) => element.getText());
      if (texts.every((text) => /^-?[\d._]+$/.test(text)) && new Set(texts).size >= longList)
        found.add(texts.join(", "));
    }
  });
  return found;
}

/** The numbers in a text that have four digits or more, but for zeros around them. */
export function distinctiveNumbers(text: string): string[] {
  return [...text.matchAll(/\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/gi)]
    .map(([number]) => number)
    .filter(isDistinctive);
}

function isDistinctive(number: string): boolean {
  const digits = number
    .replace(/e.*$/i, "")
    .replace(/[._]/g, "")
    .replace(/^0+|0+$/g, "");
  return /^\d+$/.test(digits) && digits.length >= 4;
}

/** The second argument of test(points, title, …), a hint, and what is imported. */
function isForStudents(node: ts.Node): boolean {
  const tools = kernelTypeScript();
  const { parent } = node;
  if (tools.isImportDeclaration(parent)) return true;
  if (tools.isPropertyAssignment(parent)) return parent.name.getText() === "hint";
  return (
    tools.isCallExpression(parent) && parent.expression.getText() === "test" && parent.arguments[1] === node
  );
}

/** Whether a text holds a literal as such, and not as a part of a longer number or word. */
export function holdsLiteral(text: string, literal: string): boolean {
  const quoted = literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s*");
  const edge = (side: string, ahead: string): string => (/[\w.]/.test(side) ? ahead : "");
  const before = edge(literal[0] ?? "", "(?<![\\w.])");
  const after = edge(literal.at(-1) ?? "", "(?!\\w|\\.\\d)");
  return new RegExp(`${before}${quoted}${after}`).test(text);
}
