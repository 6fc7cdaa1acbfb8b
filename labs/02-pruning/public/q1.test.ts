import { finiteNumber, numbers, question, reject, sameIntegers, typedArray, within } from "edgelab/testing";

/** float32 rounds a number by at most 2^-24 of it: here the weight's square, its product with the power, the sum. */
const float32 = 3 * 2 ** -24;

export default question("q1", ({ student, rng, test }) => {
  async function maskOf(weights: Float32Array, sparsity: number): Promise<Uint8Array> {
    const mask = await student.call("magnitudeMask", weights, sparsity);
    return typedArray(mask, Uint8Array, weights.length, "magnitudeMask");
  }

  test(
    2,
    "reproduces the worked example",
    async () => {
      const weights = Float32Array.of(0.9, -0.2, 0.5, 0.2, -0.05, -0.6);
      const mask = [1, 0, 1, 1, 0, 1];
      sameIntegers(await maskOf(weights, 0.4), mask, "mask");
      const pruned = await student.call("applyMask", weights, Uint8Array.from(mask));
      const left = Float32Array.of(0.9, 0, 0.5, 0.2, 0, -0.6);
      within(typedArray(pruned, Float32Array, 6, "applyMask"), left, 0, "what is left");
      const sparsity = finiteNumber(await student.call("sparsityOf", left), "sparsityOf");
      within(sparsity, 2 / 6, (2 / 6) * float32, "sparsity");
      const power = new Float32Array(6).fill(1);
      const error = await student.call("removalError", weights, Uint8Array.from(mask), power);
      const [a = 0, b = 0] = [weights[1], weights[4]];
      const expected = a ** 2 + b ** 2;
      within(finiteNumber(error, "removalError"), expected, expected * float32, "expected squared change");
    },
    { hint: "Go through the table by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "removes exactly as many as it should",
    async () => {
      const expected: readonly (readonly [n: number, sparsity: number, zeros: number])[] = [
        [5, 0.5, 2],
        [7, 0.5, 4],
        [10, 0.25, 2],
        [10, 0.28, 3],
        [4, 0, 0],
        [4, 1, 4],
      ];
      for (const [n, sparsity, zeros] of expected) {
        const weights = Float32Array.from({ length: n }, () => rng.uniform(0.1, 1));
        const mask = await maskOf(weights, sparsity);
        const found = mask.filter((bit) => bit === 0).length;
        if (found !== zeros)
          reject(`magnitudeMask of ${n} weights, sparsity ${sparsity}: ${found} zeros, expected ${zeros}`);
      }
    },
    { hint: "How is sparsity · n rounded when it lies half-way between two whole numbers?" },
  );

  test(
    1,
    "lets the first of equal magnitudes go first",
    async () => {
      const weights = Float32Array.of(0.5, -0.25, 2, 0.25, -0.25, 0.5);
      sameIntegers(await maskOf(weights, 0.3), [1, 0, 1, 0, 1, 1], "mask with two zeros");
      sameIntegers(await maskOf(weights, 0.65), [0, 0, 1, 0, 0, 1], "mask with four zeros");
    },
    { hint: "Three weights have the magnitude 0.25 and two are to go. Which of them does your mask take?" },
  );

  test(
    1,
    "counts every zero, whatever its sign",
    async () => {
      const cases = [[0, -0, 1e-30, -3], [0, 0], [2], []];
      const shares: unknown[] = [];
      for (const weights of cases) shares.push(await student.call("sparsityOf", Float32Array.from(weights)));
      within(numbers(shares, 4, "sparsityOf"), [0.5, 1, 0, 0], 0, "sparsity");
    },
    { hint: "Which of the numbers 0, -0 and 1e-30 are zero? And what is the share of nothing?" },
  );
});
