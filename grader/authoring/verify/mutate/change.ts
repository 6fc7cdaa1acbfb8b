import type ts from "typescript";
import type { TypeScript } from "../kernel-typescript.js";

/** A place in a cell's text, and what a mutant has there. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a way of changing programs is given besides the node that it looks at. */
export interface Tools {
  readonly ts: TypeScript;
  /** Names of the lab's own functions that round, such as "roundHalfToEven". */
  readonly roundings: readonly string[];
}

/** One way of changing programs: the changes that it would make at this very node. */
export type Mutator = (node: ts.Node, tools: Tools) => readonly Change[];

/** Puts a text in the place of a node. */
export function replace(node: ts.Node, text: string): Change {
  return { start: node.getStart(), end: node.getEnd(), text };
}

/** Puts one node in the place of another that it is a part of, in parentheses where it would fall apart. */
export function replaceByPart(node: ts.Node, part: ts.Node, { ts }: Tools): Change {
  const text = part.getText();
  const fallsApart =
    ts.isBinaryExpression(part) || ts.isConditionalExpression(part) || ts.isArrowFunction(part);
  return replace(node, fallsApart && isOperand(node, ts) ? `(${text})` : text);
}

/** The text of an expression, fit to stand before an operator. */
export function operand(node: ts.Node, { ts }: Tools): string {
  const isWhole =
    ts.isIdentifier(node) ||
    ts.isNumericLiteral(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isCallExpression(node);
  return isWhole ? node.getText() : `(${node.getText()})`;
}

/** Whether what stands around a node would pull at its parts if it lost its parentheses. */
export function isOperand(node: ts.Node, ts: TypeScript): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    (ts.isElementAccessExpression(parent) && parent.expression === node) ||
    (ts.isCallExpression(parent) && parent.expression === node)
  );
}

/** The name of a function of Math that is called with this, or of a plain function. */
export function calledName(node: ts.CallExpression, { ts }: Tools): string {
  const { expression } = node;
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) && expression.expression.getText() === "Math")
    return `Math.${expression.name.text}`;
  return "";
}
