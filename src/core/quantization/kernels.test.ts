import { expect } from "chai";
import fc from "fast-check";
import { codeOf } from "./codes.js";
import { codesKernel, restoreKernel, roundTripKernel } from "./kernels.js";
import type { Recipe } from "./recipe.js";
import type { Codes } from "./scheme.js";

const limits = [
  ...[-8, -127, -128, -2048, -32768].map((codeMin) => ({
    codeMin,
    codeMax: Math.min(-codeMin, 32767) - (codeMin === -127 ? 0 : 1),
  })),
  ...[15, 127, 255, 4095, 65535].map((codeMax) => ({ codeMin: 0, codeMax })),
];

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
          const codes = Array.from(x, (value) => codeOf(value, scale, zeroPoint, recipe));
          const kind = kindFor(codeMin, codeMax);
          const restored = codes.map((code) => Math.fround(scale * (code - zeroPoint)));
          expect([...codesKernel(recipe, kind)!(x, 0, x.length, scale, zeroPoint)]).to.deep.equal(codes);
          expect([...roundTripKernel(recipe)!(x, 0, x.length, scale, zeroPoint)]).to.deep.equal(restored);
          kind.set(codes);
          expect([...restoreKernel(kind)!(kind, 0, x.length, scale, zeroPoint)]).to.deep.equal(restored);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

function kindFor(codeMin: number, codeMax: number): Codes {
  if (codeMin < 0) return codeMin < -128 ? new Int16Array(40) : new Int8Array(40);
  return codeMax > 255 ? new Uint16Array(40) : new Uint8Array(40);
}
