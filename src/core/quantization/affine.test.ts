import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { affineParams, dequantize, quantize } from "./affine.js";
import fixtures from "./fixtures/quantization.json" with { type: "json" };

describe("affineParams", () => {
  it("gives the lecture's vector scale 0.0215686 and zero point 116", () => {
    const { scale, zeroPoint } = affineParams(-2.5, 3, 8);
    expect(scale).to.equal(5.5 / 255);
    expect(zeroPoint).to.equal(116);
  });

  it("agrees with ONNX Runtime's float64 parameters for 2 to 8 bits", () => {
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
    for (const bits of [1, 9, 7.5, Number.NaN])
      expect(() => affineParams(0, 1, bits)).to.throw(LabError, "bits");
  });
});

describe("quantize", () => {
  it("gives the lecture's vector the code 186 where the slide prints 185", () => {
    const codes = quantize(Float32Array.of(-2.5, -1, 0, 1.5, 3), 5.5 / 255, 116);
    expect([...codes]).to.deep.equal([0, 70, 116, 186, 255]);
  });

  it("gives the codes of ONNX Runtime and PyTorch, with ties and beyond both ends", () => {
    for (const { x, scale, zeroPoint, q, restored } of fixtures.codes) {
      // Python writes "inf" where JavaScript reads "Infinity".
      const data = Float32Array.from(x, (text) => Number(text.replace("inf", "Infinity")));
      expect([...quantize(data, scale, zeroPoint)]).to.deep.equal(q);
      expect([...dequantize(Uint8Array.from(q), scale, zeroPoint)]).to.deep.equal(restored);
    }
  });

  it("refuses NaN, and a scale or a zero point that can't be", () => {
    expect(() => quantize(Float32Array.of(0, Number.NaN), 1, 0)).to.throw(LabError, "index 1");
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => quantize(new Float32Array(1), scale, 0)).to.throw(LabError, "scale");
      expect(() => dequantize(new Uint8Array(1), scale, 0)).to.throw(LabError, "scale");
    }
    expect(() => quantize(new Float32Array(1), 1, 115.909)).to.throw(LabError, "115.909");
    expect(() => quantize(new Float32Array(1), 1, 16, 4)).to.throw(LabError, "0 to 15");
  });

  it("leaves its input alone", () => {
    const x = Float32Array.of(1, 2);
    quantize(x, 0.1, 3);
    expect([...x]).to.deep.equal([1, 2]);
  });
});

describe("the affine map", () => {
  const range = fc.tuple(
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  );
  const bits = fc.integer({ min: 2, max: 8 });

  it("loses at most half a step inside its range, and gives 0 back exactly", () => {
    fc.assert(
      fc.property(range, bits, fc.double({ min: 0, max: 1, noNaN: true }), ([min, width], b, share) => {
        const x = Float32Array.of(0, min + share * width);
        const low = Math.min(min, x[1] ?? 0);
        const high = Math.max(min + width, x[1] ?? 0);
        const { scale, zeroPoint } = affineParams(low, high, b);
        const restored = dequantize(quantize(x, scale, zeroPoint, b), scale, zeroPoint);
        expect(restored[0]).to.equal(0);
        // The rest is the rounding of the restored value to float32.
        const slack = 2 ** -23 * Math.max(Math.abs(low), Math.abs(high));
        expect(Math.abs((restored[1] ?? 0) - (x[1] ?? 0))).to.be.at.most(scale / 2 + slack);
      }),
    );
  });

  it("gives every code back unchanged", () => {
    fc.assert(
      fc.property(range, bits, ([min, width], b) => {
        const { scale, zeroPoint } = affineParams(min, min + width, b);
        const codes = Uint8Array.from({ length: 2 ** b }, (_, q) => q);
        const again = quantize(dequantize(codes, scale, zeroPoint), scale, zeroPoint, b);
        expect([...again]).to.deep.equal([...codes]);
      }),
    );
  });
});
