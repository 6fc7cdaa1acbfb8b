import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { tensor } from "../tensor.js";
import fixtures from "./fixtures/int4.json" with { type: "json" };
import { paramsFromData } from "./params.js";
import { quantize } from "./quantize.js";
import type { QuantScheme } from "./scheme.js";
import { packInt4, storedBytes, unpackInt4 } from "./storage.js";

describe("packInt4 and unpackInt4", () => {
  it("lay codes out as ONNX does", () => {
    for (const { signed, codes, bytes } of fixtures.packed) {
      const array = signed ? Int8Array.from(codes) : Uint8Array.from(codes);
      expect([...packInt4(array)]).to.deep.equal(bytes);
      expect(unpackInt4(Uint8Array.from(bytes), codes.length, signed ? "int4" : "uint4")).to.deep.equal(
        array,
      );
    }
  });

  it("give every code back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -8, max: 7 })), (codes) => {
        const signed = Int8Array.from(codes);
        expect(unpackInt4(packInt4(signed), codes.length, "int4")).to.deep.equal(signed);
        const unsigned = Uint8Array.from(codes, (code) => code + 8);
        expect(unpackInt4(packInt4(unsigned), codes.length, "uint4")).to.deep.equal(unsigned);
      }),
    );
  });

  it("refuse codes and counts that do not fit", () => {
    expect(() => packInt4(Int8Array.of(0, 8))).to.throw(LabError, "code 8 at index 1");
    expect(() => packInt4(Int8Array.of(-9))).to.throw(LabError, "code -9");
    expect(() => packInt4(Uint8Array.of(16))).to.throw(LabError, "code 16");
    for (const count of [0, 1, 4.5, 5, Number.NaN])
      expect(() => unpackInt4(new Uint8Array(2), count, "int4")).to.throw(LabError, "2 bytes");
    expect(() => unpackInt4(new Uint8Array(1), 1, true as never)).to.throw(
      LabError,
      "true is no type of 4 bits",
    );
  });
});

describe("storedBytes", () => {
  const bytesOf = (change: Partial<QuantScheme>) => {
    const x = tensor([3, 7], new Float32Array(21).fill(1));
    const scheme = {
      convention: "lecture",
      type: "int8",
      symmetric: true,
      granularity: { per: "tensor" },
    } as const;
    return storedBytes(quantize(x, paramsFromData(x, { ...scheme, ...change })));
  };

  it("counts codes, scales and zero points", () => {
    expect(bytesOf({})).to.equal(21 + 4);
    expect(bytesOf({ symmetric: false })).to.equal(21 + 4 + 1);
    expect(bytesOf({ type: "int16" })).to.equal(42 + 4);
    expect(bytesOf({ type: "int4" })).to.equal(11 + 4);
    expect(bytesOf({ type: "int6" })).to.equal(21 + 4);
    expect(bytesOf({ granularity: { per: "channel", axis: 0 } })).to.equal(21 + 3 * 4);
    expect(bytesOf({ type: "uint4", symmetric: false, granularity: { per: "channel", axis: 0 } })).to.equal(
      11 + 12 + 2,
    );
    expect(bytesOf({ granularity: { per: "block", axis: 1, size: 4 } })).to.equal(21 + 6 * 4);
  });
});
