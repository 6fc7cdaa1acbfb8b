import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { type Gradual, sparsitySchedule } from "./index.js";

interface Cubic extends Omit<Gradual, "kind"> {
  readonly steps: number[];
  readonly values: number[];
}

const { cubic } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "fixtures/pruning.json"), "utf8"),
) as { cubic: Cubic[] };

describe("a schedule of sparsities", () => {
  for (const { steps, values, ...options } of cubic) {
    it(`is Zhu and Gupta's equation 1 from ${options.initial} to ${options.final}`, () => {
      const schedule = sparsitySchedule({ kind: "cubic", ...options });
      // Six operations on numbers up to 1, each rounded by at most 2^-54, and the power's own last digit.
      steps.forEach((step, i) => {
        expect(schedule(step)).to.be.closeTo(values[i]!, 8 * 2 ** -54);
      });
    });
  }

  it("removes the same part of what is left in each round, as the lottery ticket does", () => {
    // Frankle and Carbin (2019), Figure 3: 20 % a round leaves 51.2, 41.0, 32.8, ... % (0.8^n).
    const final = 1 - 0.8 ** 10;
    const schedule = sparsitySchedule({ kind: "constantFraction", final, end: 10 });
    for (let round = 0; round <= 10; round++) {
      // A power's relative error of about 10 half units in the last place.
      expect(1 - schedule(round)).to.be.closeTo(0.8 ** round, 10 * 2 ** -53);
    }
  });

  it("removes the same count each time when linear", () => {
    const schedule = sparsitySchedule({ kind: "linear", initial: 0.25, final: 0.75, begin: 4, end: 8 });
    expect([3, 4, 5, 6, 7, 8, 9].map(schedule)).to.deep.equal([0, 0.25, 0.375, 0.5, 0.625, 0.75, 0.75]);
  });

  it("changes only every so many steps, and ends with the final sparsity where they don't divide the way", () => {
    const schedule = sparsitySchedule({ kind: "linear", final: 0.5, end: 10, every: 4 });
    expect([0, 3, 4, 7, 8, 9, 10].map(schedule)).to.deep.equal([0, 0, 0.2, 0.2, 0.4, 0.4, 0.5]);
  });

  it("stays where it begins if it ends there, though 1 - (1 - 0.3) is above 0.3", () => {
    const schedule = sparsitySchedule({ kind: "constantFraction", initial: 0.3, final: 0.3, end: 2 });
    expect([0, 1, 2].map(schedule)).to.deep.equal([0.3, 0.3, 0.3]);
  });

  it("never falls, starts with the initial sparsity, and ends with exactly the final one", () => {
    const sparsity = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const kinds = fc.constantFrom("linear" as const, "constantFraction" as const, "cubic" as const);
    const property = fc.property(
      kinds,
      sparsity,
      sparsity,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      (kind, a, b, begin, length, every) => {
        const [initial, final] = [Math.min(a, b), Math.max(a, b)];
        const end = begin + length;
        const schedule = sparsitySchedule({
          kind,
          initial,
          final,
          begin,
          end,
          every: Math.min(every, length),
        });
        const values = Array.from({ length: end + 3 }, (_, step) => schedule(step));
        values.forEach((value, step) => {
          expect(value).to.be.within(0, final);
          if (step > 0) expect(value).to.be.at.least(values[step - 1]!);
        });
        expect(values[end]).to.equal(final);
        // 1 - (1 - s) and s_f + (s_i - s_f) are each rounded twice.
        expect(values[begin]).to.be.closeTo(initial, 2 * 2 ** -53);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  const gradual = { kind: "linear" as const, final: 0.5, end: 10 };
  const refusals: [string, () => unknown, string][] = [
    [
      "a final sparsity of 1",
      () => sparsitySchedule({ kind: "oneShot", final: 1 }),
      "sparsity must be in [0, 1), got 1",
    ],
    [
      "an unknown kind, before the first step",
      () => sparsitySchedule({ ...gradual, kind: "quadratic" as never }),
      'there is no schedule "quadratic". Use oneShot, linear, constantFraction, cubic.',
    ],
    ["no options", () => sparsitySchedule(undefined as never), 'there is no schedule "undefined"'],
    ["an initial sparsity below 0", () => sparsitySchedule({ ...gradual, initial: -1 }), "got -1"],
    [
      "a sparsity that falls",
      () => sparsitySchedule({ ...gradual, initial: 0.6 }),
      "the final sparsity 0.5 is below the initial one, 0.6",
    ],
    [
      "an end before the beginning",
      () => sparsitySchedule({ ...gradual, begin: 10 }),
      "end must be an integer 11 or more, got 10",
    ],
    [
      "a negative beginning",
      () => sparsitySchedule({ kind: "oneShot", final: 0.5, begin: -1 }),
      "begin must be",
    ],
    [
      "changes further apart than the ends",
      () => sparsitySchedule({ ...gradual, every: 11 }),
      "every must be an integer from 1 to 10",
    ],
    ["half a step", () => sparsitySchedule(gradual)(0.5), "step must be an integer 0 or more, got 0.5"],
  ];
  for (const [what, work, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
