import { readFileSync } from "node:fs";
import { expect } from "chai";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { roundHalfAwayFromZero, roundHalfToEven } from "./round.js";

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

describe("roundHalfAwayFromZero", () => {
  it("rounds as C's round does", () => {
    const rounded: [number, number][] = [
      [0.5, 1],
      [-0.5, -1],
      [1.5, 2],
      [2.5, 3],
      [-2.5, -3],
      [0.49999999999999994, 0],
      [-2.4999999999999996, -2],
      [2 ** 51 + 0.5, 2 ** 51 + 1],
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ];
    for (const [x, expected] of rounded) expect(roundHalfAwayFromZero(x), String(x)).to.equal(expected);
  });
});

describe("the fixtures", () => {
  for (const name of ["quantization", "conventions", "int4"]) {
    it(`come from the versions that their script says to install: ${name}`, () => {
      const read = (file: string) => readFileSync(new URL(`./fixtures/${file}`, import.meta.url), "utf8");
      const script = read(`${name}.fixtures.py`);
      const { versions } = JSON.parse(read(`${name}.json`)) as { versions: Record<string, string> };
      for (const [module, version] of Object.entries(versions)) {
        expect(script).to.include(`${module}==${version.replace("+cpu", "")}`);
      }
    });
  }
});
