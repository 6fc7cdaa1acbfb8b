import type { Recipe } from "./recipe.js";
import { roundHalfAwayFromZero, roundHalfToEven } from "./round.js";

/** What a value is turned into a code by. */
export type CodeRecipe = Pick<Recipe, "division" | "zeroPointAdded" | "ties" | "limits">;

/** The code of one value, step by step as the recipe says: `q = clamp(round(x / S) + Z)`. */
export function codeOf(x: number, scale: number, zeroPoint: number, recipe: CodeRecipe): number {
  const { codeMin, codeMax } = recipe.limits;
  const steps = stepsOf(x, scale, recipe);
  const round = recipe.ties === "to even" ? roundHalfToEven : roundHalfAwayFromZero;
  const code =
    recipe.zeroPointAdded === "after rounding"
      ? round(steps) + zeroPoint
      : round(recipe.division === "float64 quotient" ? steps + zeroPoint : Math.fround(steps + zeroPoint));
  // Adding 0 turns -0 into 0.
  return Math.min(Math.max(code, codeMin), codeMax) + 0;
}

/** How many steps of the scale a value is away from 0. */
function stepsOf(x: number, scale: number, { division }: CodeRecipe): number {
  switch (division) {
    case "float64 quotient":
      return x / scale;
    case "float32 quotient":
      return Math.fround(x / scale);
    case "float32 reciprocal":
      return Math.fround(x * Math.fround(1 / scale));
    case "fused reciprocal":
      // The product of two float32 numbers is exact in float64.
      return x * Math.fround(1 / scale);
  }
}
