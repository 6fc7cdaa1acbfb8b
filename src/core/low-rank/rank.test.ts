import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import fixtures from "./fixtures/low-rank.json" with { type: "json" };
import { energyOfRank, errorOfRank, rankByEnergy } from "./rank.js";

describe("rankByEnergy", () => {
  it("counts the singular values that a share of the energy takes", () => {
    // 9 + 4 + 1 = 14: shares 0.643, 0.929, 1.
    for (const [energy, rank] of [
      [0, 1],
      [0.64, 1],
      [0.65, 2],
      [0.92, 2],
      [0.93, 3],
      [1, 3],
    ] as const) {
      expect(rankByEnergy([3, 2, 1], energy)).to.equal(rank);
    }
  });

  it("gives 1 for a matrix that is all zero, and leaves zeros out of the whole energy", () => {
    expect(rankByEnergy([0, 0, 0], 1)).to.equal(1);
    expect(rankByEnergy([2, 1, 0, 0], 1)).to.equal(2);
  });

  it("is the smallest rank with that energy, for singular values of any size", () => {
    const spectrum = fc
      .array(fc.double({ min: 0, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 20 })
      .map((values) => values.sort((a, b) => b - a));
    fc.assert(
      fc.property(spectrum, fc.double({ min: 0, max: 1, noNaN: true }), (s, energy) => {
        const rank = rankByEnergy(s, energy);
        // The share is one rounded quotient away from the comparison.
        expect(energyOfRank(s, rank)).to.be.at.least(energy * (1 - 2 ** -52));
        if (rank > 1) expect(energyOfRank(s, rank - 1)).to.be.at.most(energy * (1 + 2 ** -52));
      }),
    );
  });

  it("refuses what are no singular values, and an energy outside of 0 to 1", () => {
    for (const [values, message] of [
      [[], "no elements"],
      [[1, 2], "singular value 1 is 2"],
      [[1, -1], "singular value 1 is -1"],
      [[Number.NaN], "NaN"],
      [[Number.POSITIVE_INFINITY, 1], "Infinity"],
    ] as const) {
      expect(() => rankByEnergy(values, 0.5)).to.throw(LabError, message);
      expect(() => energyOfRank(values, 1)).to.throw(LabError, message);
      expect(() => errorOfRank(values, 1)).to.throw(LabError, message);
    }
    for (const energy of [-0.1, 1.1, Number.NaN]) {
      expect(() => rankByEnergy([1], energy)).to.throw(LabError, `got ${energy}`);
    }
  });
});

describe("energyOfRank and errorOfRank", () => {
  it("agree with the distance of LAPACK's nearest matrices", () => {
    for (const { singularValues, rank, error } of fixtures.svd) {
      const norm = Math.hypot(...singularValues);
      const relative = norm === 0 ? 0 : error / norm;
      // numpy measures the distance entry by entry: it can't see less than its rounding.
      expect(errorOfRank(singularValues, rank)).to.be.closeTo(relative, 40 * 2 ** -52);
      expect(energyOfRank(singularValues, rank)).to.be.closeTo(1 - relative ** 2, 80 * 2 ** -52);
    }
  });

  it("give 1 and 0 at the full rank, and for a matrix that is all zero", () => {
    for (const values of [
      [5, 3, 1e-9],
      [0, 0],
    ]) {
      expect(energyOfRank(values, values.length)).to.equal(1);
      expect(errorOfRank(values, values.length)).to.equal(0);
    }
    expect(errorOfRank([0, 0], 1)).to.equal(0);
  });

  it("see what is lost beside a far larger singular value", () => {
    expect(errorOfRank([1, 1e-12], 1)).to.be.closeTo(1e-12, 1e-27);
  });

  it("refuse a rank that there is not", () => {
    for (const rank of [0, 3, 0.5]) {
      expect(() => energyOfRank([2, 1], rank)).to.throw(LabError, `got ${rank}`);
      expect(() => errorOfRank([2, 1], rank)).to.throw(LabError, `got ${rank}`);
    }
  });
});
