import { calledName, type Mutator, replace, replaceByPart } from "./change.js";

const others: Readonly<Record<string, readonly string[]>> = {
  "Math.min": ["Math.max"],
  "Math.max": ["Math.min"],
  "Math.log": ["Math.log2", "Math.log10"],
  "Math.log2": ["Math.log", "Math.log10"],
  "Math.log10": ["Math.log", "Math.log2"],
  "Math.sin": ["Math.cos"],
  "Math.cos": ["Math.sin"],
};

const droppable = ["abs", "sqrt", "cbrt", "exp", "log", "log2", "log10", "log1p", "sign", "fround", "tanh"];

/** Math.max for Math.min, another logarithm; a bound or a function left out. */
export const changeFunction: Mutator = (node, tools) => {
  if (!tools.ts.isCallExpression(node)) return [];
  const name = calledName(node, tools);
  const swapped = (others[name] ?? []).map((other) => replace(node.expression, other));
  const isBound = /^Math\.(min|max)$/.test(name) && node.arguments.length === 2;
  const isDroppable = droppable.some((each) => name === `Math.${each}`);
  const parts = node.arguments.filter((argument) => !tools.ts.isSpreadElement(argument));
  return isBound || isDroppable
    ? [...swapped, ...parts.map((argument) => replaceByPart(node, argument, tools))]
    : swapped;
};
