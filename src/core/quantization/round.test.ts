import { expect } from "chai";
import { fixtures } from "./fixtures.test.js";
import { roundHalfToEven } from "./round.js";

describe("roundHalfToEven", () => {
  it("rounds as numpy does, a hair beside a tie too", () => {
    for (const [x, rounded] of fixtures.round) expect(roundHalfToEven(x), String(x)).to.equal(rounded + 0);
  });

  it("leaves infinities alone", () => {
    expect(roundHalfToEven(Number.POSITIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
    expect(roundHalfToEven(Number.NEGATIVE_INFINITY)).to.equal(Number.NEGATIVE_INFINITY);
  });
});
