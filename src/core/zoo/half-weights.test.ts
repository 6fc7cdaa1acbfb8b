import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { decodeWeights, encodeWeights } from "./half-weights.js";

describe("stored weights", () => {
  it("are half floats, low byte first: 1 is 0x3c00, -2 is 0xc000, the least subnormal 0x0001", () => {
    const bytes = Buffer.from([0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00]).toString("base64");
    expect(encodeWeights([Float32Array.of(1, -2), Float32Array.of(2 ** -24)])).to.equal(bytes);
    expect(decodeWeights(bytes, [2, 0, 1])).to.deep.equal([
      Float32Array.of(1, -2),
      Float32Array.of(),
      Float32Array.of(2 ** -24),
    ]);
  });

  it("come back unchanged once they are half floats, whatever their sizes", () => {
    const half = fc.integer({ min: -2047, max: 2047 }).map((n) => n / 512);
    const weights = fc.array(fc.array(half).map((values) => Float32Array.from(values)));
    fc.assert(
      fc.property(weights, (arrays) => {
        const sizes = arrays.map(({ length }) => length);
        expect(decodeWeights(encodeWeights(arrays), sizes)).to.deep.equal(arrays);
      }),
    );
  });

  it("are refused by a model of another size", () => {
    const text = encodeWeights([Float32Array.of(1, 2, 3)]);
    expect(() => decodeWeights(text, [2])).to.throw(LabError, "the model has 2 weights, 3 are stored");
    expect(() => decodeWeights(text, [2, 2])).to.throw(LabError, "Make the stored models again");
  });
});
