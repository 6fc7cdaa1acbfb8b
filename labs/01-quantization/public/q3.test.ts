import { numbers, question, sameIntegers, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q3", ({ student, rng, test }) => {
  test(
    2,
    "reproduces the worked example",
    async () => {
      const weights = Float32Array.of(0.02, -0.05, 0.03, 4, -10.16, 2.5);
      const shape = [2, 1, 1, 3];
      const [quiet, loud] = [0.05 / 127, 0.08];
      const own = [quiet, loud];
      const scales = numbers(await student.call("channelScales", weights, shape), 2, "channelScales");
      within(scales, own, [quiet * float32, loud * float32], "scales");
      const codes = typedArray(
        await student.call("quantizePerChannel", weights, shape, own),
        Int8Array,
        6,
        "quantizePerChannel",
      );
      sameIntegers(codes, [51, -127, 76, 50, -127, 31], "codes");
      const restored = typedArray(
        await student.call("dequantizePerChannel", codes, shape, own),
        Float32Array,
        6,
        "dequantizePerChannel",
      );
      const halfSteps = [quiet, quiet, quiet, loud, loud, loud].map((step) => step * (0.5 + 127 * float32));
      within(restored, weights, halfSteps, "restored weights");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "gives one scale to each output channel",
    async () => {
      const weights = Float32Array.of(1.27, 0, 0, 0, 2.54, 0);
      const scales = await student.call("channelScales", weights, [2, 3, 1, 1]);
      within(numbers(scales, 2, "channelScales"), [0.01, 0.02], 0.02 * float32, "scales");
    },
    { hint: "Which of the six weights belong to output channel 0 when the shape is [2, 3, 1, 1]?" },
  );

  test(
    1,
    "comes down to per-tensor quantization when all scales are equal",
    async () => {
      const shape = [3, 2, 2, 2];
      const scale = rng.uniform(0.01, 0.1);
      const expected = Array.from({ length: 24 }, () => rng.integer(-127, 127));
      // Within 0.4 of a step of a known code: never near a tie.
      const weights = Float32Array.from(expected, (code) => scale * (code + rng.uniform(-0.4, 0.4)));
      const codes = await student.call("quantizePerChannel", weights, shape, [scale, scale, scale]);
      sameIntegers(typedArray(codes, Int8Array, 24, "quantizePerChannel"), expected, "codes");
    },
    { hint: "Put the same scale three times into your formula. Does it become the formula of question 2?" },
  );
});
