import { expect } from "chai";
import { LabError } from "../errors.js";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { affineParams, channelScales, symmetricScale } from "./lecture.js";

describe("affineParams", () => {
  it("gives the lecture's vector scale 0.0215686 and zero point 116", () => {
    const { scale, zeroPoint } = affineParams(-2.5, 3, 8);
    expect(scale).to.equal(5.5 / 255);
    expect(zeroPoint).to.equal(116);
  });

  it("agrees with ONNX Runtime's float64 parameters for 2 to 16 bits", () => {
    for (const { min, max, bits, scale, zeroPoint } of fixtures.affine) {
      const ours = affineParams(min, max, bits);
      expect(ours.scale).to.be.closeTo(scale, 2 ** -52 * scale);
      expect(ours.zeroPoint, `${min} to ${max}, ${bits} bits`).to.equal(zeroPoint);
    }
  });

  it("answers scale 1 and zero point 0 for data that is all zero", () => {
    expect(affineParams(0, 0)).to.deep.equal({ scale: 1, zeroPoint: 0 });
    expect(affineParams(-0, 0)).to.deep.equal({ scale: 1, zeroPoint: 0 });
  });

  it("gives 0, and not -0, as the zero point of data that starts at 0", () => {
    expect(Object.is(affineParams(0, 5).zeroPoint, 0)).to.equal(true);
  });

  it("refuses what is no range", () => {
    expect(() => affineParams(Number.NaN, 1)).to.throw(LabError, "NaN and 1");
    expect(() => affineParams(0, Number.POSITIVE_INFINITY)).to.throw(LabError);
    expect(() => affineParams(2, 1)).to.throw(LabError, "2 and 1");
    expect(() => affineParams(0, Number.MIN_VALUE)).to.throw(LabError, "scale");
    expect(() => affineParams(-1e308, 1e308)).to.throw(LabError, "scale");
    // 637 of the smallest numbers over 255 are 2.498 of them, which rounds to 2: 0 would be code 318.
    const narrow = () => affineParams(-637 * Number.MIN_VALUE, 0);
    expect(narrow).to.throw(
      LabError,
      "scale 1e-323 puts the zero point at 318, outside of the codes 0 to 255",
    );
    expect(affineParams(-638 * Number.MIN_VALUE, 0)).to.deep.equal({
      scale: 3 * Number.MIN_VALUE,
      zeroPoint: 213,
    });
    for (const bits of [1, 17, 7.5, Number.NaN])
      expect(() => affineParams(0, 1, bits)).to.throw(LabError, "bits");
  });
});

describe("symmetricScale", () => {
  it("is the largest magnitude over 127, as ONNX Runtime computes it", () => {
    for (const { largest, scale } of fixtures.symmetric) {
      expect(symmetricScale(Float32Array.of(0.001, -largest))).to.be.closeTo(scale, 2 ** -52 * scale);
      expect(symmetricScale(Float32Array.of(largest, -0.001))).to.be.closeTo(scale, 2 ** -52 * scale);
    }
  });

  it("is 1 for data that is all zero", () => {
    expect(symmetricScale(Float32Array.of(0, -0))).to.equal(1);
  });

  it("is positive for the smallest number that there is", () => {
    expect(symmetricScale(Float32Array.of(2 ** -149))).to.equal(2 ** -149 / 127);
  });

  it("refuses no data, NaN and infinities", () => {
    expect(() => symmetricScale(new Float32Array(0))).to.throw(LabError, "x has no elements");
    expect(() => symmetricScale(Float32Array.of(1, Number.NaN))).to.throw(LabError, "index 1");
    expect(() => symmetricScale(Float32Array.of(Number.NEGATIVE_INFINITY))).to.throw(LabError, "infinity");
  });
});

describe("channelScales", () => {
  it("is the largest magnitude of each output channel over 127, as numpy finds it", () => {
    for (const { weights, shape, largest } of fixtures.channels) {
      const scales = channelScales(Float32Array.from(weights), shape);
      scales.forEach((scale, c) => {
        expect(scale * 127).to.be.closeTo(largest[c] ?? Number.NaN, 1e-12);
      });
      expect(scales).to.have.length(largest.length);
    }
  });

  it("gives a channel of zeros scale 1", () => {
    expect(channelScales(Float32Array.of(0, 0, 254, 1), [2, 2])).to.deep.equal([1, 2]);
  });

  it("refuses a shape that does not fit", () => {
    const weights = new Float32Array(6);
    for (const shape of [[2, 2], [], [0, 6], [1.5, 4], [-2, -3], [Number.NaN, 6]]) {
      expect(() => channelScales(weights, shape)).to.throw(LabError, "6 weights");
    }
  });
});
