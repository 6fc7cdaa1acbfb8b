import { type Mutator, replaceByPart } from "./change.js";

/** For each operator, which of its operands (0 the left, 1 the right) is believed to be all that there is. */
const kept: Readonly<Record<string, readonly (0 | 1)[]>> = {
  "*": [0, 1],
  "/": [0, 1],
  "%": [0],
  "**": [0],
  "+": [0, 1],
  "-": [0],
  "&&": [0, 1],
  "||": [0, 1],
};

/** A factor, a divisor, an offset or a condition is missing. */
export const dropOperand: Mutator = (node, tools) => {
  if (!tools.ts.isBinaryExpression(node)) return [];
  const operands = [node.left, node.right] as const;
  return (kept[node.operatorToken.getText()] ?? []).map((side) => replaceByPart(node, operands[side], tools));
};
