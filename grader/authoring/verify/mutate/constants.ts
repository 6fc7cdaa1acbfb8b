import type ts from "typescript";
import { isOperand, type Mutator, operand, replace, type Tools } from "./change.js";

/** Another number: one more, one less, nothing; another exponent; the other truth value. */
export const changeConstant: Mutator = (node, tools) => {
  const { ts } = tools;
  if (ts.isNumericLiteral(node) && !isUnreachedDefault(node, tools))
    return otherNumbers(Number(node.text))
      .filter((n) => n !== 0 || !isSummand(node, tools))
      .map((n) => replace(node, written(n, isOperand(node, ts))));
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, "true")];
  if (isInfinity(node, tools)) return ["0", "-Infinity"].map((text) => replace(node, text));
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken)
    return ts.isNumericLiteral(node.right)
      ? []
      : [" - 1", " + 1"].map((by) => replace(node.right, `(${operand(node.right, tools)}${by})`));
  return [];
};

function otherNumbers(n: number): number[] {
  if (!Number.isInteger(n)) return [0, 2 * n];
  return n === 0 ? [1, -1] : [n - 1, n + 1];
}

/** To add nothing is the same as to leave the number out, which is another mutant already. */
function isSummand(node: ts.Node, { ts }: Tools): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) && parent.right === node && /^[+-]$/.test(parent.operatorToken.getText())
  );
}

function written(n: number, isInExpression: boolean): string {
  return n < 0 && isInExpression ? `(${n})` : String(n);
}

function isInfinity(node: ts.Node, { ts }: Tools): boolean {
  return (
    (ts.isIdentifier(node) && node.text === "Infinity" && !ts.isPropertyAccessExpression(node.parent)) ||
    (ts.isPropertyAccessExpression(node) && node.getText() === "Number.POSITIVE_INFINITY")
  );
}

/**
 * In `list[i] ?? 0` and `const [first = 0] = list` the 0 is for the type checker, which does not know that there
 * is an element: no input reaches it, and a mutant of it would be the reference.
 */
function isUnreachedDefault(node: ts.Node, { ts }: Tools): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent))
    return parent.initializer === node && ts.isArrayBindingPattern(parent.parent);
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
    parent.right === node &&
    ts.isElementAccessExpression(parent.left)
  );
}
