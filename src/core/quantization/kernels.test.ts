import { expect } from "chai";
import fc from "fast-check";
import { codeOf } from "./codes.js";
import { kernelOf, runOf } from "./kernels.js";
import type { Recipe } from "./recipe.js";

const limits = [-2048, -128, -127, -8, 0, 7, 127, 255, 65535].flatMap((codeMin, i, all) =>
  all.slice(i + 1).map((codeMax) => ({ codeMin, codeMax })),
);

const recipes = fc.record({
  // What conventions combine: ties go away from zero only after a float32 quotient.
  how: fc.constantFrom<Pick<Recipe, "division" | "ties">>(
    { division: "float64 quotient", ties: "to even" },
    { division: "float32 quotient", ties: "to even" },
    { division: "float32 reciprocal", ties: "to even" },
    { division: "fused reciprocal", ties: "to even" },
    { division: "float32 quotient", ties: "away from zero" },
  ),
  zeroPointAdded: fc.constantFrom<Recipe["zeroPointAdded"]>("before rounding", "after rounding"),
  limits: fc.constantFrom(...limits),
});
const scales = fc.float({ min: Math.fround(1e-6), max: 1e3, noNaN: true });
const ties = fc.integer({ min: -300, max: 300 }).map((k) => k + 0.5);

describe("a kernel", () => {
  it("computes what codeOf does, for every convention's steps, ties and infinities included", () => {
    const values = fc.array(fc.oneof(fc.float({ noNaN: true }), ties), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        recipes,
        scales,
        fc.double({ min: 0, max: 1, noNaN: true }),
        values,
        ({ how, ...rest }, scale, part, data) => {
          const recipe = { ...how, ...rest };
          const { codeMin, codeMax } = recipe.limits;
          const zeroPoint = Math.round(codeMin + part * (codeMax - codeMin));
          // Half of the numbers in steps of the scale, so that many lie inside of the limits.
          const x = Float32Array.from(data, (value, i) => (i % 2 ? value : value * scale));
          if (x.some(Number.isNaN)) return;
          const line = new Float32Array(x.length);
          kernelOf(recipe)(x, 0, x.length, line, runOf(scale, zeroPoint, recipe));
          expect([...line].map((code) => code + 0)).to.deep.equal(
            Array.from(x, (value) => codeOf(value, scale, zeroPoint, recipe)),
          );
        },
      ),
      { numRuns: 1500 },
    );
  });
});
