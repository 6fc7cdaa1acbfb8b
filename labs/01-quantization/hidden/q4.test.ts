import { tensor } from "edgelab/core";
import { fakeQuantize, paramsFromRanges, roundHalfToEven } from "edgelab/core/quantization";
import { finiteNumber, question, type Rng, record, reject, within } from "edgelab/testing";

/** A number kept in float32 is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The mean squared error by the library's codes. */
function meanSquaredError(values: Float32Array, range: Range, bits: number): number {
  const scheme = {
    convention: "lecture",
    type: `uint${bits}`,
    symmetric: false,
    granularity: { per: "tensor" },
  } as const;
  const x = tensor([values.length], values);
  const restored = fakeQuantize(x, paramsFromRanges([range], scheme)).data;
  return values.reduce((sum, value, i) => sum + (value - (restored[i] ?? 0)) ** 2, 0) / values.length;
}

/**
 * Each restored number may be off by e, two roundings to float32 within the range or the data, here and in the
 * library: (d + e)² - d² = 2de + e², whose mean is at most 2 e √MSE + e² (Cauchy and Schwarz).
 */
function slack(error: number, largest: number): number {
  const e = 4 * largest * float32;
  return 2 * e * Math.sqrt(error) + e ** 2;
}

/** A range whose zero lies 0.1 to 0.4 of a step beside a code: never near a tie. */
function drawRange(rng: Rng, bits: number): Range {
  const top = 2 ** bits - 1;
  const scale = rng.uniform(0.01, 2) / top;
  const side = rng.uniform(0, 1) < 0.5 ? -1 : 1;
  const min = -scale * (rng.integer(1, top - 1) + side * rng.uniform(0.1, 0.4));
  return { min, max: min + scale * top };
}

/** As activations are: many small ones, a few far out; the ends are the range's own. */
function drawActivations(rng: Rng, { min, max }: Range, count: number): Float32Array {
  const values = Float32Array.from({ length: count }, () => {
    const side = rng.uniform(0, 1) < -min / (max - min) ? min : max;
    return side * rng.uniform(0, 1) ** 4;
  });
  values[rng.integer(0, count / 2)] = min;
  values[rng.integer(count / 2 + 1, count - 1)] = max;
  return values;
}

export default question("q4", ({ student, rng, test }) => {
  async function range(name: string, ...args: unknown[]): Promise<Range> {
    const { min, max } = record(await student.call(name, ...args), ["min", "max"], name);
    return { min: finiteNumber(min, `${name}: min`), max: finiteNumber(max, `${name}: max`) };
  }
  async function expectRange(got: Promise<Range>, min: number, max: number, what: string): Promise<void> {
    const { min: low, max: high } = await got;
    within([low, high], [min, max], 0, what);
  }

  test(
    1,
    "finds both ends wherever they lie, and widens ranges on one side of 0",
    async () => {
      const draw = (low: number, high: number) =>
        Float32Array.from({ length: 20 }, () => rng.uniform(low, high));
      const [low, high] = [Math.fround(-rng.uniform(3, 5)), Math.fround(rng.uniform(3, 5))];
      for (const place of [0, 1, 2]) {
        const batches = [draw(-2, 2), draw(-2, 2), draw(-2, 2)];
        batches[place]?.fill(low, 7, 8);
        batches[(place + 1) % 3]?.fill(high, 3, 4);
        await expectRange(range("minMaxRange", batches), low, high, "ends of three batches");
      }
      const [above, below] = [draw(0.1, 0.9), draw(-0.9, -0.1)];
      await expectRange(range("minMaxRange", [above]), 0, Math.max(...above), "ends of positive values");
      await expectRange(range("minMaxRange", [below]), Math.min(...below), 0, "ends of negative values");
      await expectRange(range("minMaxRange", []), 0, 0, "ends of no batch");
    },
    { hint: "Put the smallest and the largest value into batches of your choice, first, middle and last." },
  );

  test(
    2,
    "cuts the same number of values at each end",
    async () => {
      /** Distinct values on both sides of 0, in any order, and the same sorted. */
      const draw = (count: number) => {
        const sorted = Float32Array.from({ length: count }, (_, i) => i - count / 2 + rng.uniform(0.1, 0.4));
        return { sorted, values: Float32Array.from(rng.permutation(count), (i) => sorted[i] ?? 0) };
      };
      const check = async (count: number, percent: number, cut: number) => {
        const { sorted, values } = draw(count);
        const [first, last] = [sorted[cut] ?? 0, sorted[count - 1 - cut] ?? 0];
        await expectRange(range("percentileRange", values, percent), first, last, `${percent} % of ${count}`);
      };
      const tens = rng.integer(4, 8);
      // So many that a divisor or a percentage beside the right one shows; then 0.3 above and below a whole number.
      await check(100 * tens + 88, 50, Math.round((100 * tens + 88) / 4));
      await check(10 * tens + 3, 80, tens);
      await check(10 * tens + 7, 80, tens + 1);
      // Ties: a whole number and a half at each end.
      for (const whole of [rng.integer(5, 20) * 2, rng.integer(5, 20) * 2 + 1]) {
        await check(10 * whole + 5, 80, roundHalfToEven(whole + 0.5));
      }
      await check(rng.integer(20, 40), 100, 0);
    },
    { hint: "Count the values that your function leaves out at the low end, and at the high end." },
  );

  test(
    1,
    "contains 0 when all that is kept lies on one side of it",
    async () => {
      const sorted = Float32Array.from({ length: 50 }, (_, i) => 1 + i + rng.uniform(0, 0.5));
      const values = Float32Array.from(rng.permutation(50), (i) => sorted[i] ?? 0);
      await expectRange(range("percentileRange", values, 92), 0, sorted[47] ?? 0, "92 % of positive values");
      const opposite = values.map((value) => -value);
      await expectRange(
        range("percentileRange", opposite, 92),
        -(sorted[47] ?? 0),
        0,
        "92 % of negative values",
      );
      await expectRange(range("percentileRange", Float32Array.of(-2.5), 50), -2.5, 0, "a single value");
    },
    { hint: "What is your range for the values from 1 to 50?" },
  );

  test(
    1,
    "measures rounding and clipping for 2 to 8 bits",
    async () => {
      for (let bits = 2; bits <= 8; bits++) {
        const chosen = drawRange(rng, bits);
        const reach = (chosen.max - chosen.min) * rng.uniform(0.2, 1);
        const values = Float32Array.from({ length: 60 }, () =>
          rng.uniform(chosen.min - reach, chosen.max + reach),
        );
        const expected = meanSquaredError(values, chosen, bits);
        const error = await student.call("meanSquaredError", values, chosen, bits);
        within(error, expected, slack(expected, 2 * (chosen.max - chosen.min)), `MSE with ${bits} bits`);
      }
      // Zero half-way between two codes, above an even and above an odd one; exact with powers of two. Which
      // code stands for 0 shows at the two values beyond the range.
      for (const below of [2 * rng.integer(1, 3), 2 * rng.integer(1, 3) + 1]) {
        const step = 2 ** rng.integer(-4, 2);
        const tie = { min: -step * (below + 0.5), max: step * (14.5 - below) };
        const values = Float32Array.of(-20 * step, 20 * step);
        const zeroPoint = roundHalfToEven(below + 0.5);
        const expected = (step ** 2 * ((20 - zeroPoint) ** 2 + (20 - (15 - zeroPoint)) ** 2)) / 2;
        const error = await student.call("meanSquaredError", values, tie, 4);
        within(error, expected, slack(expected, 20 * step), "MSE where the zero point is a tie");
      }
    },
    { hint: "Take one value inside the range and one beyond it. What does each of them come back as?" },
  );

  /** Holds if the range is the whole one times one of the fractions, and none of them has a smaller error. */
  async function expectBest(values: Float32Array, bits: number): Promise<void> {
    const whole = { min: Math.min(0, ...values), max: Math.max(0, ...values) };
    const at = (percent: number) => ({ min: (whole.min * percent) / 100, max: (whole.max * percent) / 100 });
    const errors = Array.from({ length: 91 }, (_, i) => meanSquaredError(values, at(100 - i), bits));
    const least = Math.min(...errors);
    const width = whole.max - whole.min;
    const found = await range("mseRange", values, bits);
    const percent = Math.round((100 * (found.max - found.min)) / width);
    const named = at(percent);
    within(
      [found.min, found.max],
      [named.min, named.max],
      width * float32,
      "the range, a fraction of the whole,",
    );
    const error = errors[100 - percent];
    if (error === undefined) reject("mseRange: the range is none of the 91 that were to be tried");
    // Two of them by the library's arithmetic, two by the student's.
    if (error > least + 2 * slack(least, width)) {
      reject(`mseRange: ${percent} % of the whole range has the error ${error}, another one ${least}`);
    }
  }

  test(
    1,
    "finds the least error of drawn activations",
    async () => {
      for (const bits of [2, 3, 4, 6]) {
        await expectBest(drawActivations(rng, drawRange(rng, bits), 60), bits);
        const relu = drawActivations(rng, { min: 0, max: rng.uniform(2, 9) }, 80);
        await expectBest(relu, bits);
      }
      // Most of the values far inside: the narrowest range is the best one, and would be still if it were not the last.
      const unit = rng.uniform(0.5, 2);
      for (const [far, count] of [
        [10, 720],
        [12, 900],
      ] as const) {
        const thirds = Float32Array.from({ length: count }, (_, i) => (unit * ((i % 3) + 1)) / 3);
        thirds[rng.integer(0, count - 1)] = far * unit;
        await expectBest(thirds, 2);
      }
    },
    { hint: "Compute the errors of all the ranges on paper for a few values. Which one is the smallest?" },
  );

  test(
    1,
    "takes the wider of two equal ranges, and answers for zeros",
    async () => {
      const unit = 2 ** rng.integer(-3, 3);
      // With codes a unit apart the 18 are off by 3/8. With half the range they are off by 1/8 and the outlier by
      // 12/8: 18 · 9 = 18 + 144. All of it is exact, and the errors of the other ranges are larger.
      const values = new Float32Array(128).fill(unit).fill(1.375 * unit, 20, 38);
      values[rng.integer(50, 127)] = 3 * unit;
      await expectRange(range("mseRange", values, 2), 0, 3 * unit, "the wider of two ranges");
      await expectRange(range("mseRange", new Float32Array(5), 4), 0, 0, "the range of zeros");
    },
    { hint: "In which order do you try the ranges, and when does a later one replace an earlier one?" },
  );
});
