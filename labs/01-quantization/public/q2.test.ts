import { finiteNumber, question, sameIntegers, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q2", ({ student, test }) => {
  test(
    2,
    "reproduces the worked example",
    async () => {
      const weights = Float32Array.of(-0.42, -0.13, 0, 0.05, 0.31);
      const scale = finiteNumber(await student.call("symmetricScale", weights), "scale");
      within(scale, 0.42 / 127, 0.42 * float32, "scale");
      const codes = await student.call("quantizeSymmetric", weights, 0.42 / 127);
      sameIntegers(typedArray(codes, Int8Array, 5, "quantizeSymmetric"), [-127, -39, 0, 15, 94], "codes");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "saturates what the scale can't reach",
    async () => {
      const codes = await student.call("quantizeSymmetric", Float32Array.of(-10, -0.5, 0.5, 10), 0.01);
      sameIntegers(typedArray(codes, Int8Array, 4, "quantizeSymmetric"), [-127, -50, 50, 127], "codes");
    },
    { hint: "The scale 0.01 reaches from -1.27 to 1.27. What does an Int8Array do with 1000?" },
  );

  test(
    1,
    "measures the noise in decibels",
    async () => {
      const value = await student.call("sqnr", Float32Array.of(3, 4), Float32Array.of(3, 4.5));
      within(value, 20, 1e-6, "SQNR of a signal with 100 times the power of the noise, in dB");
    },
    {
      hint: "Compute both sums by hand for [3, 4] and [3, 4.5]. What is 10 times the logarithm of their ratio?",
    },
  );
});
