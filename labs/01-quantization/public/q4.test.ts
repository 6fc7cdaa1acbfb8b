import { finiteNumber, question, record, within } from "edgelab/testing";

/** Ten zeros, twenty ones, ten twos and a six. */
const worked = Float32Array.from({ length: 41 }, (_, i) => (i < 10 ? 0 : i < 30 ? 1 : i < 40 ? 2 : 6));

/** A number kept in float32 is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

export default question("q4", ({ student, test }) => {
  async function range(name: string, ...args: unknown[]): Promise<{ min: number; max: number }> {
    const { min, max } = record(await student.call(name, ...args), ["min", "max"], name);
    return { min: finiteNumber(min, `${name}: min`), max: finiteNumber(max, `${name}: max`) };
  }

  test(
    1,
    "finds the ends of all batches, and contains 0",
    async () => {
      const batches = [Float32Array.of(0.5, 2, -1), new Float32Array(0), Float32Array.of(1, -0.25)];
      const both = await range("minMaxRange", batches);
      within([both.min, both.max], [-1, 2], 0, "ends of [0.5, 2, -1], [] and [1, -0.25]");
      const above = await range("minMaxRange", [Float32Array.of(3, 4)]);
      within([above.min, above.max], [0, 4], 0, "ends of [3, 4]");
    },
    { hint: "What does your range say after the first batch, and what may the second one change?" },
  );

  test(
    1,
    "leaves out as many values as the percentile says",
    async () => {
      const kept = await range("percentileRange", worked, 95);
      within([kept.min, kept.max], [0, 2], 0, "95 % of the worked example");
      // Ten values, of which half a one goes at each end: the tie goes to 0. In text, "10" comes before "9".
      const ten = Float32Array.of(-9, 10, 3, 9, 1, -10, 2, -3, -2, -1);
      const all = await range("percentileRange", ten, 90);
      within([all.min, all.max], [-10, 10], 0, "90 % of ten values");
      const eight = await range("percentileRange", ten, 80);
      within([eight.min, eight.max], [-9, 9], 0, "80 % of ten values");
    },
    { hint: "Sort the values by hand. How many go at each end, and which ones are they?" },
  );

  test(
    2,
    "measures the error of the worked example",
    async () => {
      const rows = [
        { max: 6, sum: 20 },
        { max: 4.5, sum: 9.75 },
        { max: 3, sum: 9 },
        { max: 2, sum: 20 / 9 + 16 },
      ];
      for (const { max, sum } of rows) {
        const error = await student.call("meanSquaredError", worked, { min: 0, max }, 2);
        // Each restored number may be a float32: off by 6 · 2^-23 at most where the error is 4 at most, and
        // d² changes by 2 · 4 · 6 · 2^-23.
        within(error, sum / 41, 48 * float32, `MSE of the range 0 to ${max}`);
      }
    },
    { hint: "Go through one row of the table by hand. What does each value come back as?" },
  );

  test(
    1,
    "finds the range with the least error",
    async () => {
      const found = await range("mseRange", worked, 2);
      within([found.min, found.max], [0, 3.42], 6 * float32, "range of the worked example");
    },
    {
      hint: "Print the error of each of the ranges that you try. Is the one that you return the smallest?",
    },
  );
});
