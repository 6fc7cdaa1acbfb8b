import { expect } from "chai";
import { alike } from "./alike.js";

describe("replies that say the same", () => {
  it("differ by the rounding of float32, and by the sign of zero", () => {
    expect(alike(Math.fround(0.1), 0.1)).to.equal(true);
    expect(alike(Float32Array.of(0.1, -0), Float32Array.of(0.1, 0))).to.equal(true);
    expect(alike({ scale: 1 / 3, zeroPoint: 116 }, { zeroPoint: 116, scale: Math.fround(1 / 3) })).to.equal(
      true,
    );
    expect(alike([Number.NaN, Number.POSITIVE_INFINITY], [Number.NaN, Number.POSITIVE_INFINITY])).to.equal(
      true,
    );
    expect(alike(new Error("x"), new Error("x"))).to.equal(false);
  });

  it("do not differ by a step: integers are compared exactly", () => {
    expect(alike(2 ** 30, 2 ** 30 + 1)).to.equal(false);
    expect(alike(Int8Array.of(1, 2), Int8Array.of(1, 3))).to.equal(false);
    expect(alike(0.1, 0.1001)).to.equal(false);
    expect(alike(Number.POSITIVE_INFINITY, 1)).to.equal(false);
    expect(alike(1, Number.NaN)).to.equal(false);
  });

  it("are of one kind, length and keys", () => {
    expect(alike(Float32Array.of(1), Int8Array.of(1))).to.equal(false);
    expect(alike(Float32Array.of(1), [1])).to.equal(false);
    expect(alike([1], [1, 2])).to.equal(false);
    expect(alike({ a: 1 }, { b: 1 })).to.equal(false);
    expect(alike("1", 1)).to.equal(false);
    expect(alike(null, {})).to.equal(false);
  });
});
