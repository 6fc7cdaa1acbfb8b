import { finiteNumber, integer, question, record, sameIntegers, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q7", ({ student, rng, test }) => {
  async function params(x: Float32Array): Promise<{ scale: number; zeroPoint: number }> {
    const result = record(await student.call("dynamicParams", x), ["scale", "zeroPoint"], "dynamicParams");
    return { scale: finiteNumber(result.scale, "scale"), zeroPoint: integer(result.zeroPoint, "zeroPoint") };
  }
  async function dense(x: Float32Array, codes: Int8Array, scales: number[], bias: Float32Array) {
    const y = await student.call("dynamicDense", x, codes, scales, bias);
    return typedArray(y, Float32Array, bias.length, "dynamicDense");
  }

  test(
    2,
    "reproduces the worked example",
    async () => {
      const x = Float32Array.of(-0.5, 1.003, 2.05);
      const { scale, zeroPoint } = await params(x);
      within(scale, 0.01, 2.55 * float32, "scale");
      sameIntegers([zeroPoint], [50], "zeroPoint");
      const codes = Int8Array.of(20, -127, 64, 127, 3, -50);
      const y = await dense(x, codes, [0.01, 0.002], Float32Array.of(0.1, -0.2));
      // Sums of magnitudes: 0.01 · 0.01 · (1000 + 12700 + 13120) = 2.7 and 0.01 · 0.002 · (6350 + 300 + 10250) =
      // 0.34, each with a bias; in float32 a handful of roundings, far below the 0.004 that rounding x costs.
      within(y, [0.042, -0.526], [8 * 2.8 * float32, 8 * 0.6 * float32], "outputs");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "keeps zero in the range, and handles inputs that are all zero",
    async () => {
      const above = await params(Float32Array.of(5, 2, 3.1));
      within(above.scale, 5 / 255, 5 * float32, "scale for inputs from 2 to 5");
      sameIntegers([above.zeroPoint], [0], "zeroPoint for inputs from 2 to 5");
      const below = await params(Float32Array.of(-2, -5, -3.1));
      within(below.scale, 5 / 255, 5 * float32, "scale for inputs from -5 to -2");
      sameIntegers([below.zeroPoint], [255], "zeroPoint for inputs from -5 to -2");
      const zeros = await params(new Float32Array(3));
      sameIntegers([zeros.scale, zeros.zeroPoint], [1, 0], "scale and zeroPoint of zeros");
    },
    { hint: "Which range do you take when all inputs are positive, all negative, or all 0?" },
  );

  test(
    1,
    "multiplies each input with the weights of its output, scaled once",
    async () => {
      // Two inputs that are codes exactly: 255 and 0 at scale 1. Output j picks out input j.
      const x = Float32Array.of(255, 0);
      const scales = [rng.integer(1, 4) / 4, rng.integer(5, 8) / 4];
      const y = await dense(x, Int8Array.of(2, 100, -1, 50), scales, Float32Array.of(0, 10));
      within(y, [510 * (scales[0] ?? 0), 10 - 255 * (scales[1] ?? 0)], 0, "outputs");
    },
    { hint: "Which codes, which scale and which bias belong to output 1?" },
  );
});
