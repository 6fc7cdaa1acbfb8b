import { finiteNumber, question, sameIntegers, typedArray, within } from "edgelab/testing";

export default question("q5", ({ student, test }) => {
  test(
    2,
    "reproduces the schedule of the worked example",
    async () => {
      const schedule = { initial: 0, final: 0.8, begin: 100, every: 50, updates: 4 };
      for (const [step, expected] of [
        [99, 0],
        [100, 0],
        [150, 0.4625],
        [199, 0.4625],
        [200, 0.7],
        [250, 0.7875],
        [300, 0.8],
        [1000, 0.8],
      ] as const) {
        const sparsity = await student.call("cubicSparsity", step, schedule);
        // Six operations on numbers up to 1, each rounded by up to 2^-53, and two decimals that float64 rounds.
        within(
          finiteNumber(sparsity, "cubicSparsity"),
          expected,
          8 * 2 ** -53,
          `the sparsity at step ${step}`,
        );
      }
    },
    { hint: "Which part of the way from the first update to the last is done at step 150? And at step 199?" },
  );

  test(
    1,
    "prunes the eight weights of the worked example",
    async () => {
      const weights = Float32Array.of(0.9, -0.1, 0.4, 0.8, -0.3, 0.2, 0.7, -0.6);
      const mask = Uint8Array.of(1, 1, 1, 0, 1, 1, 1, 1);
      const next = await student.call("pruneStep", weights, mask, 0.5);
      sameIntegers(typedArray(next, Uint8Array, 8, "pruneStep"), [1, 0, 1, 0, 0, 0, 1, 1], "the next mask");
    },
    { hint: "Cross out index 3 first. How many more have to go, and which are the smallest of the others?" },
  );

  test(
    1,
    "returns as many zeros as the schedule ends with",
    async () => {
      // One hidden unit less than inputs; all numbers are far from each other.
      const examples = {
        inputs: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0),
        labels: [0, 1, 1, 0],
        width: 3,
        classes: 2,
      };
      const start = Float32Array.of(0.9, -0.1, 0.4, 0.8, -0.3, 0.2, 0.7, -0.6, 0.5, 1);
      const schedule = { initial: 0, final: 0.6, begin: 1, every: 2, updates: 2 };
      const result = await student.call("trainPruned", start, examples, schedule, 8, 0.1);
      const weights = typedArray(result, Float32Array, 10, "trainPruned");
      sameIntegers([weights.filter((weight) => weight === 0).length], [6], "weights that are 0");
    },
    { hint: "After the last update 6 of these 10 weights are gone. Did a training step bring one back?" },
  );
});
