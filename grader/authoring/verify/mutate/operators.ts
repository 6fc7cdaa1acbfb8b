import type ts from "typescript";
import { type Change, isOperand, type Mutator, replace, type Tools } from "./change.js";

const binary: Readonly<Record<string, readonly string[]>> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "<": ["<=", ">"],
  "<=": ["<"],
  ">": [">=", "<"],
  ">=": [">"],
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "*=": ["/=", "="],
  "/=": ["*=", "="],
};

const unary: Readonly<Record<string, string>> = { "-": "", "!": "", "++": "--", "--": "++" };

/** Another operator: - for +, <= for <, the sign or the "not" left out. */
export const swapOperator: Mutator = (node, tools) => {
  const { ts } = tools;
  if (ts.isBinaryExpression(node))
    return (binary[node.operatorToken.getText()] ?? []).map((operator) =>
      withOperator(node, operator, tools),
    );
  if (ts.isPrefixUnaryExpression(node)) {
    const sign = node.getText().slice(0, node.operand.getFullStart() - node.getStart());
    const other = unary[sign];
    return other === undefined
      ? []
      : [{ start: node.getStart(), end: node.getStart() + sign.length, text: other }];
  }
  if (ts.isPostfixUnaryExpression(node)) {
    const other = unary[node.getText().slice(node.operand.getEnd() - node.getStart())];
    return other === undefined ? [] : [{ start: node.operand.getEnd(), end: node.getEnd(), text: other }];
  }
  return [];
};

// The new operator must not take its neighbours' operands: it may bind less tightly than the old one.
function withOperator(node: ts.BinaryExpression, operator: string, { ts }: Tools): Change {
  const { operatorToken } = node;
  const start = node.getStart();
  if (!isOperand(node, ts)) return replace(operatorToken, operator);
  const text = node.getText();
  const before = text.slice(0, operatorToken.getStart() - start);
  return replace(node, `(${before}${operator}${text.slice(operatorToken.getEnd() - start)})`);
}
