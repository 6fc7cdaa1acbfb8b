import { question, record, typedArray, within } from "edgelab/testing";

const half = Math.SQRT1_2;

export default question("q9", ({ student, test }) => {
  test(
    1,
    "splits the worked matrix into two factors",
    async () => {
      const u = Float64Array.of(half, half, half, -half);
      const answer = await student.call("factorize", u, Float64Array.of(5, 1), u, 1);
      const { a, b } = record(answer, ["a", "b"], "factorize");
      // √5/√2, computed in float64 and rounded to float32 once, or twice where the root was rounded before.
      const expected = [Math.sqrt(2.5), Math.sqrt(2.5)];
      within(typedArray(a, Float32Array, 2, "a"), expected, 1.6 * 2 ** -22, "a");
      within(typedArray(b, Float32Array, 2, "b"), expected, 1.6 * 2 ** -22, "b");
    },
    { hint: "Which column of U belongs to the first singular value, and what is it multiplied with?" },
  );

  test(
    1,
    "says what the worked matrix loses",
    async () => {
      const s = Float64Array.of(5, 1);
      within(await student.call("relativeError", s, 1), Math.sqrt(1 / 26), 2 ** -24, "error of rank 1");
      within(await student.call("relativeError", s, 2), 0, 0, "error of the full rank");
      within(await student.call("rankForError", s, 0.2), 1, 0, "rank for an error of 0.2");
      within(await student.call("rankForError", s, 0.19), 2, 0, "rank for an error of 0.19");
    },
    { hint: "Which singular values are lost with rank 1? Square them before you add." },
  );

  test(
    1,
    "knows from which rank on nothing is saved",
    async () => {
      within(await student.call("breakEvenRank", 2, 2), 0, 0, "break-even rank of 2 × 2");
      within(await student.call("breakEvenRank", 128, 784), 110, 0, "break-even rank of 128 × 784");
      within(await student.call("breakEvenRank", 1000, 1000), 499, 0, "break-even rank of 1,000 × 1,000");
    },
    {
      hint: "Count the weights of both factors at that rank, and at the next one. Fewer than the matrix has?",
    },
  );
});
