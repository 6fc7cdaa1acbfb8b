import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { explainRequantization, formatDifferences } from "./explain-requantization.js";
import { activation } from "./fixtures/tensors.js";
import { requantize } from "./requantize.js";

const output = activation("int8", 1, 0);
const explain = (inputScale: number, ...acc: number[]) =>
  explainRequantization(
    { shape: [acc.length], data: Int32Array.from(acc) },
    { inputScale, weightScales: [1], output },
  );

describe("explainRequantization", () => {
  it("names ties: single goes up, double away from zero, float to even", () => {
    const [low, high, ...rest] = explain(0.25, -10, 10, 6, 7, 8);
    expect(low?.codes).to.deep.equal({ single: -2, double: -3, float: -2 });
    expect(low?.reasons).to.deep.equal({ double: [{ kind: "tie", from: -2, to: -3 }], float: [] });
    expect(high?.codes).to.deep.equal({ single: 3, double: 3, float: 2 });
    expect(high?.reasons).to.deep.equal({ double: [], float: [{ kind: "tie", from: 3, to: 2 }] });
    expect(rest).to.deep.equal([]);
  });

  it("names the first rounding where 0.1 · 5 is a little less than a half, as a fixed-point number", () => {
    // M = 1717986918 / 2^34 is less than 0.1: 5 M = 0.49999999988. Its upper half is 4 / 8, and 4 / 8 goes up.
    const [five, ...rest] = explain(0.1, 5);
    expect(five?.codes).to.deep.equal({ single: 0, double: 1, float: 0 });
    expect(five?.reasons.double).to.deep.equal([{ kind: "first-rounding", from: 0, to: 1 }]);
    expect(rest).to.deep.equal([]);
  });

  it("names the multiplier where float32 has another tenth", () => {
    // 0.1 in float32 is 0.100000001: 15 times it is above 1.5, and 2 away; the fixed-point product is 1.4999999996.
    const [fifteen] = explain(0.1, 15);
    expect(fifteen?.codes).to.deep.equal({ single: 1, double: 2, float: 2 });
    expect(fifteen?.reasons.float).to.deep.equal([{ kind: "multiplier", from: 1, to: 2 }]);
  });

  it("names the accumulator that float32 can't hold", () => {
    // 2^24 + 1 becomes 2^24 in float32; 1 / 2^25 of it is a hair above a half, then half, which goes to 0.
    const [first] = explain(2 ** -25, 2 ** 24 + 1);
    expect(first?.codes).to.deep.equal({ single: 1, double: 1, float: 0 });
    expect(first?.reasons.float).to.deep.equal([{ kind: "accumulator", from: 1, to: 0 }]);
  });

  it("names the product that becomes a tie in float32", () => {
    // 0.3 is 10066330 / 2^25 in float32, and 205 of it is 61.5000024; near 64, float32 has steps of 2^-18 = 0.0000038.
    const differences = explain(Math.fround(0.3), ...Array.from({ length: 424 }, (_, i) => i));
    for (const { reasons, exact } of differences) {
      for (const { kind, from, to } of reasons.float) {
        expect(kind).to.be.oneOf(["tie", "product"]);
        expect(Math.abs(from - to)).to.equal(1);
        expect(Math.abs((exact % 1) - 0.5)).to.be.below(2 ** -18);
      }
    }
    expect(
      differences.flatMap(({ reasons }) => reasons.float).some(({ kind }) => kind === "product"),
    ).to.equal(true);
  });

  it("finds exactly the elements that requantize sends to different codes, and leads from one to the other", () => {
    const numbers = fc.record({
      acc: fc.array(fc.integer({ min: -(2 ** 26), max: 2 ** 26 }), { minLength: 2, maxLength: 40 }),
      scales: fc.array(fc.constantFrom(0.5, 0.25, 0.1, 2 ** -20, 1e-6, 0.3), { minLength: 2, maxLength: 2 }),
    });
    fc.assert(
      fc.property(numbers, ({ acc, scales }) => {
        const even = acc.slice(0, acc.length - (acc.length % 2));
        const tensor = { shape: [even.length / 2, 2], data: Int32Array.from(even) };
        const options = { inputScale: 1, weightScales: scales, output };
        const codes = (rounding: "single" | "double" | "float") =>
          requantize(tensor, { ...options, rounding }).data;
        const [single, double, float] = [codes("single"), codes("double"), codes("float")];
        const expected = even.flatMap((_, i) =>
          single[i] === double[i] && single[i] === float[i] ? [] : [i],
        );
        const differences = explainRequantization(tensor, options);
        expect(differences.map(({ index }) => index)).to.deep.equal(expected);
        for (const { index, codes, reasons } of differences) {
          expect(codes).to.deep.equal({ single: single[index], double: double[index], float: float[index] });
          for (const way of ["double", "float"] as const) {
            expect(reasons[way].length > 0).to.equal(codes[way] !== codes.single);
          }
        }
      }),
    );
  });

  it("says nothing where saturation makes the codes equal", () => {
    expect(explain(0.5, 255, 1001, -1001)).to.have.length(0);
  });

  it("refuses what requantize refuses", () => {
    expect(() => explain(0, 1)).to.throw(LabError, "scale of the input");
    expect(() => explain(0.5)).to.throw(LabError, "no elements");
  });
});

describe("formatDifferences", () => {
  it("prints one line a difference, and nothing for none", () => {
    expect(formatDifferences(explain(0.25, -2, 4))).to.equal(
      "0: -2 scaled is -0.5; single 0, double -1 (tie), float 0",
    );
    expect(formatDifferences([])).to.equal("");
  });
});
