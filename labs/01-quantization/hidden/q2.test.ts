import { expect } from "chai";
import { roundHalfToEven, sqnr } from "edgelab/core/quantization";
import { finiteNumber, question, sameIntegers, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

/** Errors kept in float32 are off by 2^-24 each, relative: at most 10 log10(1 + 2^-23) = 5e-7 dB in all. */
const decibelSlack = 1e-6;

export default question("q2", ({ student, rng, test }) => {
  async function quantize(x: Float32Array, scale: number): Promise<Int8Array> {
    return typedArray(
      await student.call("quantizeSymmetric", x, scale),
      Int8Array,
      x.length,
      "quantizeSymmetric",
    );
  }

  test(
    1,
    "takes the scale from the number that lies farthest from zero",
    async () => {
      for (const sign of [-1, 1]) {
        const largest = Math.fround(rng.uniform(2, 5));
        const x = Float32Array.from({ length: 40 }, () => rng.uniform(-1, 1));
        x[rng.integer(0, 39)] = sign * largest;
        const scale = finiteNumber(await student.call("symmetricScale", x), "scale");
        within(scale, largest / 127, (largest / 127) * float32, "scale");
      }
    },
    { hint: "Which number decides how far the codes must reach, and which code does it get?" },
  );

  test(
    1,
    "loses no more than half a step inside the range",
    async () => {
      const scale = rng.uniform(0.001, 0.1);
      // Up to 0.45 of a step away from a code, never near a tie.
      const x = Float32Array.from(
        { length: 80 },
        () => scale * (rng.integer(-126, 126) + rng.uniform(-0.45, 0.45)),
      );
      const codes = await quantize(x, scale);
      const restored = Array.from(codes, (code) => scale * code);
      within(restored, x, scale / 2 + 127 * scale * float32, "restored numbers");
    },
    { hint: "Is each number given the nearest code, on both sides of zero?" },
  );

  test(
    1,
    "sends ties where the specification does, on both sides of zero",
    async () => {
      // A scale that is a power of two makes ties exact.
      const scale = 2 ** rng.integer(-8, 0);
      const steps = Array.from({ length: 40 }, (_, i) => i - 19.5);
      const x = Float32Array.from(steps, (step) => scale * step);
      sameIntegers(await quantize(x, scale), steps.map(roundHalfToEven), "codes");
    },
    { hint: "Look at numbers that lie exactly in the middle between two codes, and at their opposites." },
  );

  test(
    1,
    "treats both ends alike beyond the range",
    async () => {
      const scale = rng.uniform(0.001, 0.1);
      const beyond = [127.7, 128.3, rng.uniform(130, 200), rng.uniform(250, 260), 1e6];
      const x = Float32Array.of(
        ...beyond.map((steps) => steps * scale),
        ...beyond.map((steps) => -steps * scale),
      );
      const expected = [...beyond.map(() => 127), ...beyond.map(() => -127)];
      sameIntegers(await quantize(x, scale), expected, "codes");
    },
    { hint: "Send a number far beyond the range, and its opposite, through your function." },
  );

  test(
    1,
    "measures the noise of drawn data",
    async () => {
      const x = Float32Array.from({ length: 64 }, () => rng.normal());
      const restored = x.map((value) => value + rng.normal(0, 0.03));
      within(await student.call("sqnr", x, restored), sqnr(x, restored), decibelSlack, "SQNR in dB");
    },
    { hint: "The ratio is one of powers. How many decibels is a factor of 10?" },
  );

  test(
    1,
    "handles data that is all zero, and a perfect copy",
    async () => {
      const zeros = new Float32Array(4);
      within(await student.call("symmetricScale", zeros), 1, 0, "scale of zeros");
      sameIntegers(await quantize(zeros, 1), [0, 0, 0, 0], "codes of zeros");
      const x = Float32Array.from({ length: 8 }, () => rng.uniform(-1, 1));
      for (const same of [x, zeros]) {
        expect(await student.call("sqnr", same, same), "SQNR where nothing is lost").to.equal(
          Number.POSITIVE_INFINITY,
        );
      }
    },
    { hint: "What do your formulas divide by when all numbers are 0, and when nothing is lost?" },
  );
});
