import { readFileSync } from "node:fs";
import { expect } from "chai";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { roundHalfToEven } from "./round.js";

describe("roundHalfToEven", () => {
  it("rounds as numpy does, a hair beside a tie too", () => {
    for (const [x = Number.NaN, rounded = Number.NaN] of fixtures.round) {
      expect(roundHalfToEven(x), String(x)).to.equal(rounded + 0);
    }
  });

  it("leaves infinities alone", () => {
    expect(roundHalfToEven(Number.POSITIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
    expect(roundHalfToEven(Number.NEGATIVE_INFINITY)).to.equal(Number.NEGATIVE_INFINITY);
  });
});

describe("the fixtures", () => {
  it("come from the versions that their script says to install", () => {
    const script = readFileSync(new URL("./fixtures/quantization.fixtures.py", import.meta.url), "utf8");
    for (const [name, version] of Object.entries(fixtures.versions)) {
      expect(script).to.include(`${name}==${version.replace("+cpu", "")}`);
    }
  });
});
