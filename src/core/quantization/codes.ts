import type { Recipe } from "./recipe.js";
import { roundHalfAwayFromZero, roundHalfToEven } from "./round.js";

/** What turns a value into a code. */
export type CodeRecipe = Pick<Recipe, "division" | "zeroPointAdded" | "ties" | "limits">;

/** The code of one value, step by step as the recipe says: `q = clamp(round(x / S) + Z)`. */
export function codeOf(x: number, scale: number, zeroPoint: number, recipe: CodeRecipe): number {
  const { codeMin, codeMax } = recipe.limits;
  const round = recipe.ties === "to even" ? roundHalfToEven : roundHalfAwayFromZero;
  const code =
    recipe.zeroPointAdded === "after rounding"
      ? round(steps(x, scale, 0, recipe)) + zeroPoint
      : round(steps(x, scale, zeroPoint, recipe));
  // Adding 0 turns -0 into 0.
  return Math.min(Math.max(code, codeMin), codeMax) + 0;
}

/**
 * 1 / S in float32. Below 2^-128 it has none: the largest float32 number stands for it, so that 0 stays 0 and does
 * not become 0 · Infinity. (torch itself gives the smallest or the largest code there.)
 */
export function reciprocalOf(scale: number): number {
  return Math.min(Math.fround(1 / scale), (2 - 2 ** -23) * 2 ** 127);
}

/** x / S + Z, in the precision of the recipe. */
function steps(x: number, scale: number, zeroPoint: number, { division }: CodeRecipe): number {
  switch (division) {
    case "float64 quotient":
      return x / scale + zeroPoint;
    case "float32 quotient":
      return Math.fround(Math.fround(x / scale) + zeroPoint);
    case "float32 reciprocal":
      return Math.fround(Math.fround(x * reciprocalOf(scale)) + zeroPoint);
    case "fused reciprocal":
      // The product of two float32 numbers is exact in float64, so that only the sum is rounded.
      return Math.fround(x * reciprocalOf(scale) + zeroPoint);
  }
}
