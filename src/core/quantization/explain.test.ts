import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, tensor } from "../tensor.js";
import { explainDifference } from "./explain.js";
import { formatExplanation } from "./explain-text.js";
import { paramsFromData } from "./params.js";
import { roundHalfToEven } from "./round.js";
import type { Convention, QuantScheme } from "./scheme.js";

const scheme = (convention: Convention, change: Partial<QuantScheme> = {}): QuantScheme => ({
  convention,
  type: "int8",
  symmetric: false,
  granularity: { per: "tensor" },
  ...change,
});
const symmetric = (convention: Convention) => scheme(convention, { symmetric: true });
const isRefused = (act: () => unknown): boolean => {
  try {
    act();
    return false;
  } catch {
    return true;
  }
};
const reasons = (data: readonly number[], a: QuantScheme, b: QuantScheme) =>
  explainDifference(tensor([data.length], data), a, b).differences.map(({ index, reasons }) => [
    index,
    ...reasons.map(({ because, change }) => [because, change]),
  ]);

describe("explainDifference", () => {
  it("finds nothing between a scheme and itself", () => {
    const x = normalTensor(seeded("same"), [200]);
    for (const convention of ["lecture", "torch", "onnxruntime", "tflite"] as const) {
      expect(explainDifference(x, scheme(convention), scheme(convention)).differences).to.deep.equal([]);
    }
  });

  it("tells torch's divisor, 127.5", () => {
    expect(reasons([-127.5, 127.5, 40], symmetric("torch"), symmetric("lecture"))).to.deep.equal([
      [0, ["code-range", 1]],
    ]);
  });

  it("tells a tie that is rounded away from zero", () => {
    // Scale 1: 2.5 goes to 2 or to 3, 3.5 to 4 both ways.
    expect(reasons([127, 2.5, 3.5, -4.5], symmetric("lecture"), symmetric("tflite"))).to.deep.equal([
      [1, ["tie", 1]],
      [3, ["tie", -1]],
    ]);
  });

  it("tells a zero point that is added before rounding", () => {
    // Scale 0.5 and zero point 1: 0.25 is half a step; 0.5 + 1 goes to 2, 0.5 alone to 0.
    const uint8 = (convention: Convention) => scheme(convention, { type: "uint8" });
    expect(reasons([-0.5, 127, 0.25, 0.75], uint8("lecture"), uint8("onnxruntime"))).to.deep.equal([
      [2, ["addition", -1]],
      [3, ["addition", 1]],
    ]);
  });

  it("tells the reciprocal", () => {
    // Scale 0.3: 2.25 / 0.3 = 7.4999997 in float32, and 2.25 times the reciprocal is 7.5, a tie that goes to 8.
    const x = [-128, 127, 7.5].map((steps) => steps * Math.fround(0.3));
    expect(reasons(x, scheme("onnxruntime"), scheme("torch"))).to.deep.equal([[2, ["division", 1]]]);
  });

  it("tells the smallest scale", () => {
    const found = reasons([0, 1e-9, 5e-8], scheme("lecture"), scheme("torch"));
    expect(found.map(([index, ...why]) => [index, (why[0] as [string])[0]])).to.deep.equal([
      [1, "smallest-scale"],
      [2, "smallest-scale"],
    ]);
  });

  it("tells a symmetric range from one that is not", () => {
    const found = explainDifference(
      tensor([3], [-1, 0, 3]),
      scheme("tflite"),
      symmetric("tflite"),
    ).differences;
    expect(found.map(({ codeA, codeB }) => [codeA, codeB])).to.deep.equal([
      [-128, -42],
      [-64, 0],
    ]);
    expect(found[0]?.reasons[0]?.because).to.equal("range");
  });

  it("compares a signed with an unsigned type from their smallest codes on", () => {
    const x = tensor([5], [-2.5, -1, 0, 1.5, 3]);
    expect(
      explainDifference(x, scheme("lecture", { type: "uint8" }), scheme("tflite")).differences,
    ).to.deep.equal([]);
  });

  it("leaves the distance of their smallest codes out of the reasons", () => {
    // Scale 1: 2.5 has code 2 in the one, and code 3 - 128 in the other.
    expect(reasons([0, 255, 2.5], scheme("lecture", { type: "uint8" }), scheme("tflite"))).to.deep.equal([
      [2, ["tie", 1]],
    ]);
  });

  it("tells groups apart", () => {
    const x = tensor([2, 2], [1, 2, 100, 127]);
    const channels: QuantScheme = { ...symmetric("lecture"), granularity: { per: "channel", axis: 0 } };
    const { differences } = explainDifference(x, symmetric("lecture"), channels);
    expect(differences.map(({ index, codeB }) => [index, codeB])).to.deep.equal([
      [0, 64],
      [1, 127],
    ]);
    expect(differences.flatMap(({ reasons }) => reasons.map(({ because }) => because))).to.deep.equal([
      "granularity",
      "granularity",
    ]);
  });

  it("gives reasons whose changes add up to the difference, for all pairs", () => {
    const conventions = fc.constantFrom<Convention>("lecture", "torch", "onnxruntime", "tflite");
    const kinds = fc.record({ convention: conventions, symmetric: fc.boolean() });
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -64, max: 64 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(kinds, kinds, values, (a, b, data) => {
        const x = tensor([data.length], data);
        for (const { codeA, codeB, reasons } of explainDifference(
          x,
          scheme(a.convention, a),
          scheme(b.convention, b),
        ).differences) {
          expect(reasons.reduce((sum, { change }) => sum + change, 0)).to.equal(codeB - codeA);
        }
      }),
    );
  });

  it("compares any two schemes that take the tensor, where a recipe between them would not", () => {
    const kinds = (["lecture", "torch", "onnxruntime", "tflite"] as const).flatMap((convention) => [
      scheme(convention),
      symmetric(convention),
    ]);
    for (const data of [
      [-3e38, 1, 3e38],
      [2 ** -149, 0, -(2 ** -149)],
    ]) {
      const x = tensor([3], data);
      const fine = kinds.filter((kind) => !isRefused(() => paramsFromData(x, kind)));
      expect(fine.length).to.be.above(3);
      for (const [a, b] of fine.flatMap((from) => fine.map((to) => [from, to] as const))) {
        for (const { codeA, codeB, reasons } of explainDifference(x, a, b).differences) {
          expect(reasons.reduce((sum, { change }) => sum + change, 0)).to.equal(codeB - codeA);
        }
      }
    }
  });

  it("refuses types of different bits", () => {
    const x = tensor([1], [1]);
    expect(() => explainDifference(x, scheme("torch"), scheme("torch", { type: "int4" }))).to.throw(
      LabError,
      "int4",
    );
  });
});

describe("the lecture's slide", () => {
  const scale = 5.5 / 255;

  it("prints 185 where its formula gives 186: its zero point was not rounded, or its scale was", () => {
    expect(roundHalfToEven(1.5 / scale + 116)).to.equal(186);
    expect(roundHalfToEven(1.5 / scale + 2.5 / scale)).to.equal(185);
    expect(roundHalfToEven(1.5 / 0.0216 + 116)).to.equal(185);
  });
});

describe("formatExplanation", () => {
  it("tells schemes apart by granularity and reduced range as well", () => {
    const x = tensor([2, 2], [127, 2.5, 3.5, -4.5]);
    const titleOf = (a: QuantScheme, b: QuantScheme) =>
      formatExplanation(explainDifference(x, a, b)).split(":")[0];
    const torch = symmetric("torch");
    expect(titleOf(torch, { ...torch, reduceRange: true })).to.equal(
      "torch int8 symmetric and torch int8 symmetric in a reduced range",
    );
    const lecture = symmetric("lecture");
    const channels = { per: "channel", axis: 1 } as const;
    const blocks = { per: "block", axis: -1, size: 2 } as const;
    expect(titleOf({ ...lecture, granularity: channels }, { ...lecture, granularity: blocks })).to.equal(
      "lecture int8 symmetric per channel along axis 1 and lecture int8 symmetric per block of 2 along axis -1",
    );
  });

  it("counts the reasons and shows the first elements", () => {
    const x = tensor([4], [127, 2.5, 3.5, -4.5]);
    expect(formatExplanation(explainDifference(x, symmetric("lecture"), symmetric("tflite")), 1)).to.equal(
      [
        "lecture int8 symmetric and tflite int8 symmetric: 2 of 4 codes differ",
        "  2 × tie: half-way between two codes",
        "  [1] 2.5: 2 and 3; tie +1 (to even → away from zero)",
        "  … and 1 more",
      ].join("\n"),
    );
  });
});
