import { expect } from "chai";
import { LabError } from "../errors.js";
import fixtures from "./fixtures/quantization.json" with { type: "json" };
import { channelScales, dequantizePerChannel, quantizePerChannel } from "./granularity.js";
import { quantizeSymmetric } from "./symmetric.js";

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

describe("quantizePerChannel", () => {
  it("gives the codes of ONNX Runtime and PyTorch with axis 0, and gives them back", () => {
    for (const { weights, shape, scales, q, restored } of fixtures.channels) {
      expect([...quantizePerChannel(Float32Array.from(weights), shape, scales)]).to.deep.equal(q);
      expect([...dequantizePerChannel(Int8Array.from(q), shape, scales)]).to.deep.equal(restored);
    }
  });

  it("is per-tensor quantization where all scales are equal", () => {
    for (const { weights, shape } of fixtures.channels) {
      const x = Float32Array.from(weights);
      const codes = quantizePerChannel(x, shape, Array(shape[0]).fill(0.01));
      expect([...codes]).to.deep.equal([...quantizeSymmetric(x, 0.01)]);
    }
  });

  it("refuses another number of scales than channels", () => {
    expect(() => quantizePerChannel(new Float32Array(4), [2, 2], [1])).to.throw(LabError, "got 2 and 1");
    expect(() => dequantizePerChannel(new Int8Array(4), [2, 2], [1, 1, 1])).to.throw(LabError, "got 2 and 3");
  });
});
