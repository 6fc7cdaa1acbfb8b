import { type Mutator, replace, replaceByPart } from "./change.js";

/** A case that is never told apart, or always taken for the other. */
export const dropBranch: Mutator = (node, tools) => {
  const { ts } = tools;
  if (ts.isIfStatement(node)) return ["false", "true"].map((text) => replace(node.expression, text));
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].map((branch) => replaceByPart(node, branch, tools));
  return [];
};
