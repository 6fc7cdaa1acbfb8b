import { expect } from "chai";
import { LabError } from "../errors.js";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { sqnr } from "./sqnr.js";
import { dequantizeSymmetric, quantizeSymmetric, symmetricScale } from "./symmetric.js";

describe("symmetricScale", () => {
  it("is the largest magnitude over 127, as ONNX Runtime computes it", () => {
    for (const { largest, scale } of fixtures.symmetric) {
      expect(symmetricScale(Float32Array.of(0.001, -largest))).to.be.closeTo(scale, 2 ** -52 * scale);
      expect(symmetricScale(Float32Array.of(largest, -0.001))).to.be.closeTo(scale, 2 ** -52 * scale);
    }
  });

  it("is 1 for data that is all zero, and for no data", () => {
    expect(symmetricScale(Float32Array.of(0, -0))).to.equal(1);
    expect(symmetricScale(new Float32Array(0))).to.equal(1);
  });

  it("refuses NaN and infinities", () => {
    expect(() => symmetricScale(Float32Array.of(1, Number.NaN))).to.throw(LabError, "index 1");
    expect(() => symmetricScale(Float32Array.of(Number.NEGATIVE_INFINITY))).to.throw(LabError, "infinity");
  });
});

describe("quantizeSymmetric", () => {
  it("gives the codes of ONNX Runtime", () => {
    for (const { x, scale32, q } of fixtures.symmetric) {
      expect([...quantizeSymmetric(Float32Array.from(x), scale32)]).to.deep.equal(q);
    }
  });

  it("saturates at -127 and 127 alike, infinities too", () => {
    const x = Float32Array.of(-1e30, -127.6, -128, 128, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect([...quantizeSymmetric(x, 1)]).to.deep.equal([-127, -127, -127, 127, -127, 127]);
  });

  it("gives opposite codes to opposite values, ties included", () => {
    const x = Float32Array.from({ length: 61 }, (_, i) => (i - 30) / 4);
    const codes = quantizeSymmetric(x, 0.5);
    expect([...codes]).to.deep.equal([...codes].reverse().map((code) => 0 - code));
  });

  it("refuses NaN and a scale that is no scale", () => {
    expect(() => quantizeSymmetric(Float32Array.of(Number.NaN), 1)).to.throw(LabError, "index 0");
    expect(() => quantizeSymmetric(Float32Array.of(1), 0)).to.throw(LabError, "scale");
    expect(() => dequantizeSymmetric(Int8Array.of(1), Number.NaN)).to.throw(LabError, "scale");
  });
});

describe("sqnr", () => {
  it("is what numpy computes", () => {
    for (const { x, scale32, q, sqnr: expected } of fixtures.symmetric) {
      const restored = dequantizeSymmetric(Int8Array.from(q), scale32);
      expect(sqnr(Float32Array.from(x), restored)).to.be.closeTo(expected, 1e-9);
    }
  });

  it("is 20 dB where the noise has a tenth of the amplitude", () => {
    expect(sqnr(Float32Array.of(3, 4), Float32Array.of(3, 4.5))).to.equal(20);
  });

  it("is infinite where nothing was lost, and minus infinity where there was nothing to lose", () => {
    expect(sqnr(Float32Array.of(1, 0), Float32Array.of(1, -0))).to.equal(Number.POSITIVE_INFINITY);
    expect(sqnr(Float32Array.of(0), Float32Array.of(0))).to.equal(Number.POSITIVE_INFINITY);
    expect(sqnr(Float32Array.of(0), Float32Array.of(1))).to.equal(Number.NEGATIVE_INFINITY);
  });

  it("refuses NaN and arrays of different lengths", () => {
    expect(() => sqnr(Float32Array.of(1), new Float32Array(2))).to.throw(LabError, "got 1 and 2");
    expect(() => sqnr(Float32Array.of(1), Float32Array.of(Number.NaN))).to.throw(LabError, "restored");
  });
});
