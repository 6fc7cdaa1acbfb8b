import { calledName, type Mutator, replace, replaceByPart } from "./change.js";

const ofMath = ["Math.round", "Math.floor", "Math.ceil", "Math.trunc"];

/** Another rounding, or none. */
export const changeRounding: Mutator = (node, tools) => {
  if (!tools.ts.isCallExpression(node)) return [];
  const all = [...tools.roundings, ...ofMath];
  const name = calledName(node, tools);
  const [argument] = node.arguments;
  if (!all.includes(name) || !argument) return [];
  const others = all.filter((other) => other !== name);
  return [...others.map((other) => replace(node.expression, other)), replaceByPart(node, argument, tools)];
};
