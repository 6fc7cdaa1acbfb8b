import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { addBias, quantizeBias } from "./bias.js";

describe("quantizeBias", () => {
  it("rounds half to even, for one scale and for one a channel", () => {
    const bias = { shape: [4], data: Float32Array.of(0.5, 1.5, -2.5, 0) };
    expect([...quantizeBias(bias, { inputScale: 1, weightScales: [1] }).data]).to.deep.equal([0, 2, -2, 0]);
    const four = { inputScale: 0.5, weightScales: [1, 0.5, 0.25, 1] };
    expect([...quantizeBias(bias, four).data]).to.deep.equal([1, 6, -20, 0]);
  });

  it("loses at most half a step of the accumulator", () => {
    const scale = fc.double({ min: 1e-4, max: 10, noNaN: true });
    const bias = fc.float({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(bias, scale, scale, (b, input, weight) => {
        const tensor = { shape: [1], data: Float32Array.of(b) };
        const code = quantizeBias(tensor, { inputScale: input, weightScales: [weight] }).data[0]!;
        const step = input * weight;
        // The quotient is below 2^27 steps; float64 keeps it to 2^-26 of a step.
        expect(Math.abs(code * step - b)).to.be.at.most(step * (0.5 + 2 ** -25));
      }),
    );
  });

  it("refuses codes beyond int32, NaN, infinities, and scales that don't fit", () => {
    const one = (b: number) => ({ shape: [1], data: Float32Array.of(b) });
    const scales = { inputScale: 1, weightScales: [1] };
    expect(() => quantizeBias(one(1), { inputScale: 1e-5, weightScales: [1e-5] })).to.throw(
      LabError,
      "channel 0",
    );
    expect(() => quantizeBias(one(0), { inputScale: 1e-200, weightScales: [1e-200] })).to.throw(
      LabError,
      "NaN",
    );
    expect(() => quantizeBias(one(Number.NaN), scales)).to.throw(LabError, "NaN");
    expect(() => quantizeBias(one(Number.POSITIVE_INFINITY), scales)).to.throw(LabError, "Infinity");
    expect(() => quantizeBias(one(1), { ...scales, weightScales: [1, 1] })).to.throw(LabError, "2 scales");
    expect(() => quantizeBias(one(1), { ...scales, inputScale: 0 })).to.throw(LabError, "scale of the input");
    expect(() => quantizeBias({ shape: [0], data: new Float32Array() }, scales)).to.throw(
      LabError,
      "no elements",
    );
  });
});

describe("addBias", () => {
  const acc = { shape: [2, 2], data: Int32Array.of(2 ** 31 - 1, 0, 1, -(2 ** 31)) };

  it("adds one number a channel", () => {
    expect([...addBias(acc, Int32Array.of(-1, 7)).data]).to.deep.equal([2 ** 31 - 2, 7, 0, -(2 ** 31) + 7]);
  });

  it("refuses a sum beyond int32, and a bias of another length", () => {
    expect(() => addBias(acc, Int32Array.of(1, 0))).to.throw(LabError, "accumulator 0");
    expect(() => addBias(acc, Int32Array.of(0, -1))).to.throw(LabError, "accumulator 3");
    expect(() => addBias(acc, Int32Array.of(1))).to.throw(LabError, "1 biases for 2");
  });
});
