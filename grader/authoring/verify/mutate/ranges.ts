import type ts from "typescript";
import { type Change, type Mutator, operand, replace, type Tools } from "./change.js";

const cuts = ["subarray", "slice", "substring"];

/** One too many or too few: where a part begins and ends, how long something is, at which place it is read. */
export const offByOne: Mutator = (node, tools) => {
  const { ts } = tools;
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
    return cuts.includes(node.expression.name.text) ? node.arguments.flatMap((at) => shifted(at, tools)) : [];
  if (ts.isPropertyAssignment(node) && node.name.getText() === "length")
    return shifted(node.initializer, tools);
  if (ts.isElementAccessExpression(node)) return shifted(node.argumentExpression, tools);
  return [];
};

/** A number that stands there as such is changed as a constant already, a text is no place. */
function shifted(at: ts.Expression, tools: Tools): Change[] {
  if (tools.ts.isNumericLiteral(at) || tools.ts.isStringLiteral(at)) return [];
  return [" + 1", " - 1"].map((by) => replace(at, `${operand(at, tools)}${by}`));
}
