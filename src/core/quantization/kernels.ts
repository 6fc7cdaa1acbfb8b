import type { CodeRecipe } from "./codes.js";

/**
 * What `codeOf` computes, for a run of elements at once: tests hold the two equal. Three things make it fast:
 * one loop for each kind of division, a line of float32 numbers as the only output (a loop that stores into
 * arrays of many types is many times slower), and rounding by two additions.
 */
export type Kernel = (x: Float32Array, start: number, end: number, line: Float32Array, run: Run) => void;

/** What a run's elements share. */
export interface Run {
  readonly scale: number;
  /** The zero point in its two places; one of them is 0. */
  readonly before: number;
  readonly after: number;
  /** Where steps saturate: the codes' limits without what is added after rounding. */
  readonly low: number;
  readonly high: number;
}

/** How many elements a line holds: it stays in the first-level cache. */
export const lineLength = 4096;

/** 1.5 · 2^52: beside it float64 numbers are 1 apart, so a sum with it is rounded to an integer, ties to even. */
const magic = 1.5 * 2 ** 52;

export function runOf(scale: number, zeroPoint: number, recipe: CodeRecipe): Run {
  const { codeMin, codeMax } = recipe.limits;
  const after = recipe.zeroPointAdded === "after rounding" ? zeroPoint : 0;
  return { scale, before: zeroPoint - after, after, low: codeMin - after, high: codeMax - after };
}

/** The loop for a recipe. Only TensorFlow Lite rounds ties away from zero, and it divides in float32. */
export function kernelOf({ division, ties }: CodeRecipe): Kernel {
  if (ties === "away from zero") return quotient32Away;
  switch (division) {
    case "float64 quotient":
      return quotient64;
    case "float32 quotient":
      return quotient32;
    case "float32 reciprocal":
      return reciprocal;
    case "fused reciprocal":
      return fusedReciprocal;
  }
}

function nearest(steps: number, low: number, high: number): number {
  return (steps < low ? low : steps > high ? high : steps) + magic - magic;
}

const quotient64: Kernel = (x, start, end, line, { scale, before, after, low, high }) => {
  for (let i = start; i < end; i++) line[i - start] = nearest(x[i]! / scale + before, low, high) + after;
};

const quotient32: Kernel = (x, start, end, line, { scale, before, after, low, high }) => {
  for (let i = start; i < end; i++) {
    const steps = Math.fround(Math.fround(x[i]! / scale) + before);
    line[i - start] = nearest(steps, low, high) + after;
  }
};

const reciprocal: Kernel = (x, start, end, line, { scale, before, after, low, high }) => {
  const inverse = Math.fround(1 / scale);
  for (let i = start; i < end; i++) {
    const steps = Math.fround(Math.fround(x[i]! * inverse) + before);
    line[i - start] = nearest(steps, low, high) + after;
  }
};

const fusedReciprocal: Kernel = (x, start, end, line, { scale, before, after, low, high }) => {
  const inverse = Math.fround(1 / scale);
  for (let i = start; i < end; i++) {
    line[i - start] = nearest(Math.fround(x[i]! * inverse + before), low, high) + after;
  }
};

const quotient32Away: Kernel = (x, start, end, line, { scale, before, after, low, high }) => {
  for (let i = start; i < end; i++) {
    const steps = Math.fround(Math.fround(x[i]! / scale) + before);
    const clamped = steps < low ? low : steps > high ? high : steps;
    // A half is added in float64, where the sum is exact.
    line[i - start] = Math.trunc(clamped + (clamped < 0 ? -0.5 : 0.5)) + after;
  }
};
