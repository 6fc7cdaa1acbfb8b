import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import tflite from "./fixtures/tflite.json" with { type: "json" };
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul,
} from "./multiplier.js";

const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), -(2 ** 31) + 1, -1, 0, 1, 2 ** 30, 2 ** 31 - 1),
);
const multipliers = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.constantFrom(0, 1, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1),
);
const shifts = fc.integer({ min: -31, max: 30 });

describe("quantizeMultiplier", () => {
  for (const { real, multiplier, shift } of tflite.multipliers) {
    it(`gives TensorFlow Lite's multiplier and shift of ${real}`, () => {
      expect(quantizeMultiplier(real)).to.deep.equal({ multiplier, shift });
    });
  }

  it("is at most 2^-31 of the number away", () => {
    // The multiplier is at least 2^30 and is rounded to an integer: at most 1/2 in 2^30 is lost.
    fc.assert(
      fc.property(fc.double({ min: 2 ** -31, max: 2 ** 30 - 1, noNaN: true }), (real) => {
        const { multiplier, shift } = quantizeMultiplier(real);
        expect(multiplier).to.be.within(2 ** 30, 2 ** 31 - 1);
        expect(Math.abs(multiplier * 2 ** (shift - 31) - real)).to.be.at.most(real * 2 ** -31);
      }),
    );
  });

  it("refuses what no multiplier can be", () => {
    // The last one is below 2^30, but its 31 bits are not.
    for (const real of [-1, 2 ** 30, 1e300, 2 ** 30 - 2 ** -4, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => quantizeMultiplier(real)).to.throw(LabError, `${real}`);
    }
  });
});

describe("multiplyByQuantizedMultiplier", () => {
  it(`gives gemmlowp's numbers for ${tflite.products.length} products, rounded once and twice`, () => {
    for (const [x, multiplier, shift, single, double] of tflite.products as [
      number,
      number,
      number,
      number,
      number,
    ][]) {
      const product = `${x} · ${multiplier} · 2^(${shift} - 31)`;
      expect(multiplyByQuantizedMultiplier(x, multiplier, shift, "single"), product).to.equal(single);
      expect(multiplyByQuantizedMultiplier(x, multiplier, shift, "double"), product).to.equal(double);
    }
  });

  it("sends 5 and -1995 times 0.1 to 0 and -199 in one rounding, to 1 and -200 in two", () => {
    const tenth = (x: number, rounding: "single" | "double") =>
      multiplyByQuantizedMultiplier(x, 1717986918, -3, rounding);
    expect([tenth(5, "single"), tenth(-1995, "single")]).to.deep.equal([0, -199]);
    expect([tenth(5, "double"), tenth(-1995, "double")]).to.deep.equal([1, -200]);
  });

  it("equals arithmetic without a limit of bits, saturated to int32", () => {
    fc.assert(
      fc.property(int32, multipliers, shifts, (x, multiplier, shift) => {
        const single = multiplyByQuantizedMultiplier(x, multiplier, shift, "single");
        expect(single).to.equal(roundedOnce(x, multiplier, shift));
        const double = multiplyByQuantizedMultiplier(x, multiplier, shift, "double");
        expect(double).to.equal(roundedTwice(x, multiplier, shift));
        expect(Object.is(double, -0)).to.equal(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses what is no int32, no multiplier and no shift", () => {
    const multiply = (x: number, multiplier: number, shift: number) => () =>
      multiplyByQuantizedMultiplier(x, multiplier, shift, "single");
    expect(multiply(2 ** 31, 1, 0)).to.throw(LabError, "x must be");
    expect(multiply(0.5, 1, 0)).to.throw(LabError, "0.5");
    expect(multiply(1, -1, 0)).to.throw(LabError, "multiplier");
    expect(multiply(1, 2 ** 31, 0)).to.throw(LabError, "multiplier");
    expect(multiply(1, 1, 31)).to.throw(LabError, "shift");
    expect(multiply(1, 1, Number.NaN)).to.throw(LabError, "NaN");
    expect(() => multiplyByQuantizedMultiplier(1, 1, 0, "float" as "single")).to.throw(
      LabError,
      "no rounding 'float'",
    );
  });
});

describe("the two roundings of gemmlowp", () => {
  it("send a tie up, then away from zero", () => {
    expect([-3, -1, 1, 3].map((x) => saturatingRoundingDoublingHighMul(x, 2 ** 30))).to.deep.equal([
      -1, 0, 1, 2,
    ]);
    expect([-3, -1, 1, 3].map((x) => roundingDivideByPowerOfTwo(x, 1))).to.deep.equal([-2, -1, 1, 2]);
  });

  it("equal gemmlowp's code for all int32 numbers, and saturate where it does", () => {
    expect(saturatingRoundingDoublingHighMul(-(2 ** 31), -(2 ** 31))).to.equal(2 ** 31 - 1);
    fc.assert(
      fc.property(int32, int32, fc.nat(31), (a, b, exponent) => {
        expect(saturatingRoundingDoublingHighMul(a, b)).to.equal(Number(saturated(upperHalf(a, b))));
        const divided = roundingDivideByPowerOfTwo(a, exponent);
        expect(divided).to.equal(Number(dividedByPowerOfTwo(BigInt(a), BigInt(exponent))));
      }),
      { numRuns: 1000 },
    );
  });

  it("refuse what is no int32, and an exponent beyond 31", () => {
    expect(() => saturatingRoundingDoublingHighMul(2 ** 31, 1)).to.throw(LabError, "a must be");
    expect(() => saturatingRoundingDoublingHighMul(1, Number.NaN)).to.throw(LabError, "b must be");
    expect(() => roundingDivideByPowerOfTwo(0.5, 1)).to.throw(LabError, "0.5");
    expect(() => roundingDivideByPowerOfTwo(1, 32)).to.throw(LabError, "exponent");
  });

  it("leave integers alone", () => {
    fc.assert(fc.property(int32, (x) => roundingDivideByPowerOfTwo(x, 0) === x));
  });
});

function saturated(x: bigint): bigint {
  return x > 2n ** 31n - 1n ? 2n ** 31n - 1n : x < -(2n ** 31n) ? -(2n ** 31n) : x;
}

/** TensorFlow Lite with TFLITE_SINGLE_ROUNDING: (x · M + 2^(30 - shift)) >> (31 - shift). */
function roundedOnce(x: number, multiplier: number, shift: number): number {
  const bits = BigInt(31 - shift);
  return Number(saturated((BigInt(x) * BigInt(multiplier) + (1n << (bits - 1n))) >> bits));
}

function roundedTwice(x: number, multiplier: number, shift: number): number {
  const shifted = saturated(BigInt(x) << BigInt(Math.max(shift, 0)));
  return Number(dividedByPowerOfTwo(upperHalf(shifted, multiplier), BigInt(Math.max(-shift, 0))));
}

/** gemmlowp's SaturatingRoundingDoublingHighMul: a nudge, and a division that truncates. */
function upperHalf(a: number | bigint, b: number): bigint {
  const product = BigInt(a) * BigInt(b);
  return (product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n);
}

/** gemmlowp's RoundingDivideByPOT: a mask and a threshold. */
function dividedByPowerOfTwo(x: bigint, exponent: bigint): bigint {
  const mask = (1n << exponent) - 1n;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> exponent) + ((x & mask) > threshold ? 1n : 0n);
}
