import { accumulate, multiplyByQuantizedMultiplier, requantize } from "edgelab/core/quantization";
import {
  integer,
  question,
  type Rng,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A factor of a layer: below 1, and all 31 bits used. */
function drawFactor(rng: Rng): { real: number; multiplier: number; shift: number } {
  const multiplier = rng.integer(2 ** 30 + 1, 2 ** 31 - 1);
  const shift = rng.integer(-14, -5);
  return { real: multiplier * 2 ** (shift - 31), multiplier, shift };
}

function drawCodes(rng: Rng, count: number, lowest = -128): Int8Array {
  return Int8Array.from({ length: count }, () => rng.integer(lowest, 127));
}

/** The a with a · m = 1 (mod 2^31), for an odd m: each step of Newton's doubles the bits that are right. */
function inverse(m: bigint): bigint {
  let a = m;
  for (let step = 0; step < 5; step++) a = BigInt.asUintN(31, a * (2n - m * a));
  return a;
}

/**
 * An accumulator and a multiplier whose product is `beside` above an odd multiple of 2^30: not quite a tie. The
 * product has more than 58 bits, so that a float64, which has 53, can't tell it from the tie.
 */
function drawNearTie(rng: Rng, beside: 1n | -1n): { accumulator: number; multiplier: number } {
  for (;;) {
    const multiplier = 2 * rng.integer(2 ** 29, 2 ** 30 - 1) + 1;
    const remainder = 2n ** 30n + beside;
    const accumulator = Number(BigInt.asUintN(31, remainder * inverse(BigInt(multiplier))));
    if (accumulator > 2 ** 28) return { accumulator, multiplier };
  }
}

export default question("q5", ({ student, rng, test }) => {
  async function fixedPoint(real: number): Promise<{ multiplier: number; shift: number }> {
    const result = record(
      await student.call("quantizeMultiplier", real),
      ["multiplier", "shift"],
      "quantizeMultiplier",
    );
    return { multiplier: integer(result.multiplier, "multiplier"), shift: integer(result.shift, "shift") };
  }
  async function expectProduct(accumulator: number, multiplier: number, shift: number): Promise<void> {
    const expected = multiplyByQuantizedMultiplier(accumulator, multiplier, shift, "single");
    const rounded = await student.call("scaleAccumulator", accumulator, multiplier, shift);
    sameIntegers([rounded], [expected], "scaleAccumulator");
  }

  test(
    1,
    "uses all 31 bits, for small factors and large ones",
    async () => {
      for (let exponent = -20; exponent <= 6; exponent += 2) {
        const real = rng.uniform(0.5001, 0.9999) * 2 ** exponent;
        const { multiplier, shift } = await fixedPoint(real);
        if (multiplier < 2 ** 30 || multiplier >= 2 ** 31) {
          reject(`the multiplier of ${real} is ${multiplier}: not from 2^30 to 2^31 - 1`);
        }
        // Half a unit of 31 bits.
        within(multiplier * 2 ** (shift - 31), real, 2 ** (exponent - 32), `what stands for ${real}`);
      }
      for (let exponent = -6; exponent <= 3; exponent++) {
        const { multiplier, shift } = await fixedPoint(2 ** exponent);
        sameIntegers([multiplier, shift], [2 ** 30, exponent + 1], `the power of two ${2 ** exponent}`);
      }
    },
    { hint: "Try 0.3, 0.003 and 30. How many bits does each of your multipliers have?" },
  );

  test(
    1,
    "rounds the multiplier to the nearest integer, up to the very end",
    async () => {
      const exponent = rng.integer(-9, -1);
      const whole = rng.integer(2 ** 30 + 1, 2 ** 31 - 9);
      for (const [fraction, expected] of [
        [whole + 0.3, whole],
        [whole + 0.5, whole + 1],
        [whole + 1.5, whole + 2],
        [whole + 0.7, whole + 1],
      ] as const) {
        const { multiplier, shift } = await fixedPoint(fraction * 2 ** (exponent - 31));
        sameIntegers([multiplier, shift], [expected, exponent], "multiplier and shift");
      }
      for (const short of [0.5, 0.25]) {
        const { multiplier, shift } = await fixedPoint((2 ** 31 - short) * 2 ** (exponent - 31));
        sameIntegers([multiplier, shift], [2 ** 30, exponent + 1], "just below a power of two, [m, s]");
      }
    },
    { hint: "What happens to a fraction just below 1 when you round its 31 bits?" },
  );

  test(
    2,
    "adds up layers of any shape",
    async () => {
      for (const [inputs, outputs] of [
        [rng.integer(2, 9), rng.integer(3, 7)],
        [rng.integer(10, 40), 1],
        [1, rng.integer(2, 5)],
      ] as const) {
        const x = drawCodes(rng, inputs);
        const zeroPoint = rng.integer(10, 120) * (rng.uniform(0, 1) < 0.5 ? -1 : 1);
        const rows = drawCodes(rng, inputs * outputs, -127);
        const bias = Int32Array.from({ length: outputs }, () => rng.integer(-5000, 5000));
        // The library has a column for each output.
        const columns = Int8Array.from(
          rows,
          (_, at) => rows[(at % outputs) * inputs + Math.floor(at / outputs)] ?? 0,
        );
        const params = { type: "int8", scale: 1, zeroPoint, codeMin: -128, codeMax: 127 } as const;
        const layer = {
          kind: "dense",
          name: "layer",
          input: "x",
          weights: { shape: [inputs, outputs], data: columns },
          weightScales: Float64Array.of(1),
          weightZeros: Int32Array.of(0),
          bias,
          output: params,
        } as const;
        const expected = accumulate(layer, { codes: { shape: [1, inputs], data: x }, params }).data;
        const sums = await student.call("accumulate", x, zeroPoint, rows, bias);
        sameIntegers(typedArray(sums, Int32Array, outputs, "accumulate"), expected, "accumulators");
      }
    },
    {
      hint: "Which weights belong to output 1 when there are three inputs? And what is subtracted from each code?",
    },
  );

  test(
    1,
    "holds sums that no int16 holds",
    async () => {
      const count = rng.integer(1500, 1600);
      const sign = rng.uniform(0, 1) < 0.5 ? 1 : -1;
      const x = new Int8Array(count).fill(127);
      const rows = new Int8Array(count).fill(127 * sign);
      const sums = await student.call("accumulate", x, -128, rows, Int32Array.of(sign * 1_000_000));
      const expected = sign * (count * 255 * 127 + 1_000_000);
      sameIntegers(typedArray(sums, Int32Array, 1, "accumulate"), [expected], "accumulator");
    },
    { hint: "How large is the largest product, and how many of them are added up?" },
  );

  test(
    1,
    "rounds to the nearest integer, and a tie up, on both sides of 0",
    async () => {
      for (let draw = 0; draw < 12; draw++) {
        const { multiplier, shift } = drawFactor(rng);
        await expectProduct(rng.integer(-2_000_000, 2_000_000), multiplier, shift);
      }
      // A factor of 2^-k makes ties exact.
      const k = rng.integer(3, 8);
      const half = 2 ** (k - 1);
      const odd = 2 * rng.integer(1, 40) + 1;
      for (const at of [odd * half, -odd * half, half, -half]) {
        for (const beside of [-1, 0, 1]) await expectProduct(at + beside, 2 ** 30, 1 - k);
      }
    },
    { hint: "What do 2.4, 2.5 and 2.6 become, and what do their opposites?" },
  );

  test(
    1,
    "keeps every bit of the product",
    async () => {
      for (let draw = 0; draw < 4; draw++) {
        const below = drawNearTie(rng, -1n);
        await expectProduct(below.accumulator, below.multiplier, 0);
        const above = drawNearTie(rng, 1n);
        await expectProduct(-above.accumulator, above.multiplier, 0);
      }
      const multiplier = rng.integer(2 ** 30, 2 ** 31 - 1);
      for (const accumulator of [2 ** 31 - 1, -(2 ** 31)]) {
        for (const shift of [0, -1, -24, -31]) await expectProduct(accumulator, multiplier, shift);
      }
      for (const shift of [1, 7]) await expectProduct(rng.integer(-99_999, 99_999), multiplier, shift);
    },
    {
      hint: "How many bits can the product of two 31-bit numbers have, and how many does your arithmetic keep?",
    },
  );

  test(
    1,
    "gives the library's codes, clamped to what the output can be",
    async () => {
      for (const relu of [false, true]) {
        const { real, multiplier, shift } = drawFactor(rng);
        const zeroPoint = rng.integer(-100, 60);
        // From far below the lowest code to far above the highest.
        const accumulators = Int32Array.from({ length: 80 }, (_, i) =>
          Math.round((i * 8 - 320 + rng.uniform(-4, 4)) / real),
        );
        const output = {
          type: "int8",
          scale: 1,
          zeroPoint,
          codeMin: relu ? zeroPoint : -128,
          codeMax: 127,
        } as const;
        const acc = { shape: [1, 80], data: accumulators };
        const scales = { inputScale: real, weightScales: new Float64Array(80).fill(1) };
        const expected = requantize(acc, { ...scales, output, rounding: "single" }).data;
        const codes = await student.call("requantize", accumulators, multiplier, shift, zeroPoint, relu);
        sameIntegers(typedArray(codes, Int8Array, 80, "requantize"), expected, `codes with relu ${relu}`);
      }
    },
    { hint: "In which order do you round, add the zero point and clamp? Where does a ReLU's clamp begin?" },
  );
});
