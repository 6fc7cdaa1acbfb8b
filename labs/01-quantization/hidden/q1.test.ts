import { affineParams, roundHalfToEven } from "edgelab/core/quantization";
import {
  finiteNumber,
  integer,
  question,
  type Rng,
  record,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A float32 scale is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * A range whose zero lies `lead` steps below an integer: rounding must go up to it for a positive lead, and
 * down to it for a negative one. A lead from 0.1 to 0.4 is far from a tie, and cutting off goes wrong.
 */
function drawRange(rng: Rng, bits: number, lead: number): Range {
  const top = 2 ** bits - 1;
  const scale = rng.uniform(0.01, 0.2);
  const zeroPoint = rng.integer(1, top - 1);
  const min = -scale * (zeroPoint - lead);
  return { min, max: min + scale * top, scale, zeroPoint };
}

/** Numbers whose codes are known: within 0.4 of a step, so never near a tie and never clipped. */
function drawCodes(rng: Rng, { scale, zeroPoint }: Range, bits: number, count: number) {
  const codes = Array.from({ length: count }, () => rng.integer(0, 2 ** bits - 1));
  const x = Float32Array.from(codes, (code) => scale * (code - zeroPoint + rng.uniform(-0.4, 0.4)));
  return { x, codes };
}

export default question("q1", ({ student, rng, test }) => {
  async function params(
    min: number,
    max: number,
    bits: number,
  ): Promise<{ scale: number; zeroPoint: number }> {
    const result = record(
      await student.call("affineParams", min, max, bits),
      ["scale", "zeroPoint"],
      "affineParams",
    );
    return { scale: finiteNumber(result.scale, "scale"), zeroPoint: integer(result.zeroPoint, "zeroPoint") };
  }
  async function quantize(
    x: Float32Array,
    scale: number,
    zeroPoint: number,
    bits: number,
  ): Promise<Uint8Array> {
    return typedArray(
      await student.call("quantize", x, scale, zeroPoint, bits),
      Uint8Array,
      x.length,
      "quantize",
    );
  }
  async function dequantize(q: Uint8Array, scale: number, zeroPoint: number): Promise<Float32Array> {
    return typedArray(
      await student.call("dequantize", q, scale, zeroPoint),
      Float32Array,
      q.length,
      "dequantize",
    );
  }

  test(
    1,
    "finds scale and zero point for 2 to 8 bits",
    async () => {
      for (let bits = 2; bits <= 8; bits++) {
        for (const side of [1, -1]) {
          const range = drawRange(rng, bits, side * rng.uniform(0.1, 0.4));
          const { scale, zeroPoint } = await params(range.min, range.max, bits);
          within(scale, range.scale, range.scale * float32, `scale for ${bits} bits`);
          sameIntegers([zeroPoint], [range.zeroPoint], `zeroPoint for ${bits} bits`);
        }
      }
      // Zero half-way between two codes, above an even and above an odd one; a scale that is a power of two
      // makes that exact.
      for (const below of [2 * rng.integer(20, 100), 2 * rng.integer(20, 100) + 1]) {
        const step = 2 ** rng.integer(-6, 1);
        const { zeroPoint } = await params(-step * (below + 0.5), step * (254.5 - below), 8);
        sameIntegers([zeroPoint], [roundHalfToEven(below + 0.5)], "zeroPoint of a tie");
      }
    },
    { hint: "How many gaps lie between the codes? How does -min/scale become an integer?" },
  );

  test(
    1,
    "gives the nearest code for 2 to 8 bits",
    async () => {
      for (let bits = 2; bits <= 8; bits++) {
        const range = drawRange(rng, bits, 0);
        const { x, codes } = drawCodes(rng, range, bits, 40);
        sameIntegers(await quantize(x, range.scale, range.zeroPoint, bits), codes, `codes of ${bits} bits`);
      }
    },
    { hint: "Take a number a little below a code's value, and one a little above. Do both get that code?" },
  );

  test(
    1,
    "loses no more than half a step, ends included",
    async () => {
      for (const bits of [4, 8]) {
        const { min, max, scale: step } = drawRange(rng, bits, rng.uniform(0.1, 0.4));
        const x = Float32Array.of(min, max, ...Array.from({ length: 60 }, () => rng.uniform(min, max)));
        const { scale, zeroPoint } = await params(min, max, bits);
        const codes = await quantize(x, scale, zeroPoint, bits);
        const bound = step / 2 + (max - min) * float32;
        // Once by our own arithmetic: two functions that share a copy of the data would agree on any codes.
        within(
          Array.from(codes, (code) => scale * (code - zeroPoint)),
          x,
          bound,
          "what the codes stand for",
        );
        within(await dequantize(codes, scale, zeroPoint), x, bound, "restored numbers");
      }
    },
    {
      hint: "Quantize the smallest and the largest number of the data, and bring them back. How far off are they?",
    },
  );

  test(
    1,
    "sends ties where the specification does",
    async () => {
      // A scale that is a power of two makes ties exact; with an even zero point it makes no difference
      // whether it is added before or after rounding.
      const scale = 2 ** rng.integer(-6, 1);
      const zeroPoint = 2 * rng.integer(20, 100);
      const steps = Array.from({ length: 32 }, (_, i) => i - 15.5);
      const x = Float32Array.from(steps, (step) => scale * step);
      const expected = steps.map((step) => zeroPoint + roundHalfToEven(step));
      sameIntegers(await quantize(x, scale, zeroPoint, 8), expected, "codes");
    },
    { hint: "Look at numbers that lie exactly in the middle between two codes." },
  );

  test(
    1,
    "saturates outside of the range",
    async () => {
      for (const bits of [8, 4]) {
        const top = 2 ** bits - 1;
        const { scale, zeroPoint } = drawRange(rng, bits, 0);
        const beyond = [1.6, rng.uniform(5, 9), rng.uniform(270, 300), 1e6];
        const x = Float32Array.of(
          ...beyond.map((steps) => scale * (-zeroPoint - steps)),
          ...beyond.map((steps) => scale * (top - zeroPoint + steps)),
        );
        sameIntegers(
          await quantize(x, scale, zeroPoint, bits),
          [0, 0, 0, 0, top, top, top, top],
          `codes of ${bits} bits`,
        );
      }
    },
    {
      hint: "What does your function store for a number far below the range, or far above it, at 8 and at 4 bits?",
    },
  );

  test(
    1,
    "handles data on one side of zero, and data that is all zero",
    async () => {
      const near = rng.uniform(0.5, 2);
      const far = rng.uniform(4, 9);
      for (const [min, max] of [
        [near, far],
        [-far, -near],
        [0, 0],
      ] as const) {
        const expected = affineParams(min, max, 8);
        const { scale, zeroPoint } = await params(min, max, 8);
        within(scale, expected.scale, expected.scale * float32, "scale");
        sameIntegers([zeroPoint], [expected.zeroPoint], "zeroPoint");
      }
      sameIntegers(await quantize(new Float32Array(3), 1, 0, 8), [0, 0, 0], "codes of zeros");
    },
    { hint: "Try data from 1 to 6, from -6 to -1, and three zeros. Can each map represent 0?" },
  );
});
