import { createHash } from "node:crypto";
import { expect } from "chai";
import fixtures from "./fixtures/float16.json" with { type: "json" };
import { fromFloat16, toFloat16 } from "./float16.js";

const digest = (data: Float32Array | Uint16Array) =>
  createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex");

/** The next float32 number away from zero; with -1 towards it. */
function beside(x: Float32Array, step: number): Float32Array {
  const moved = Float32Array.from(x);
  const bits = new Int32Array(moved.buffer);
  bits.forEach((pattern, i) => {
    bits[i] = pattern + step;
  });
  return moved;
}

/** Half-way between each half and the next; 65520 lies half-way to the one that does not exist. */
function ties(): Float32Array {
  const grid = fromFloat16(Uint16Array.from({ length: 31744 }, (_, i) => i));
  return Float32Array.from(grid, (value, i) => (value + (grid[i + 1] ?? 65536)) / 2);
}

describe("float16", () => {
  it("reads all 65,536 patterns as numpy does", () => {
    const numbers = fromFloat16(Uint16Array.from({ length: 65536 }, (_, i) => i));
    expect(digest(numbers)).to.equal(fixtures.allHalves);
  });

  it("rounds the middles between all neighbours, and the numbers beside them, as numpy does", () => {
    const around = Float32Array.from([-1, 0, 1].flatMap((step) => [...beside(ties(), step)]));
    expect(digest(toFloat16(around))).to.equal(fixtures.aroundTies);
    expect(digest(toFloat16(around.map((x) => -x)))).to.equal(fixtures.aroundNegativeTies);
  });

  it("stores subnormal numbers, overflow and infinities as numpy does", () => {
    for (const [text = "", half] of fixtures.special as [string, number][]) {
      // Python writes "inf" where JavaScript reads "Infinity".
      const x = Number(text.replace("inf", "Infinity"));
      expect(toFloat16(Float32Array.of(x))[0], text).to.equal(half);
    }
  });

  it("gives every number back that half precision holds, and NaN as NaN", () => {
    const numbers = fromFloat16(Uint16Array.from({ length: 65536 }, (_, i) => i));
    expect(fromFloat16(toFloat16(numbers))).to.deep.equal(numbers);
  });

  it("leaves its input alone", () => {
    const x = Float32Array.of(1 / 3);
    toFloat16(x);
    expect(x[0]).to.equal(Math.fround(1 / 3));
  });
});
