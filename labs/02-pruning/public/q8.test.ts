import { question, record, sameIntegers, typedArray, within } from "edgelab/testing";

/** The worked example: one row, two groups. */
const weights = Float32Array.of(0.1, -0.9, 0.3, 0.8, 0.5, 0.5, -0.5, 0.2);
const mask = Uint8Array.of(0, 1, 0, 1, 1, 1, 0, 0);

export default question("q8", ({ student, test }) => {
  test(
    1,
    "keeps what the worked example keeps",
    async () => {
      const answer = await student.call("mask24", weights, 8);
      sameIntegers(typedArray(answer, Uint8Array, 8, "mask24"), mask, "mask");
    },
    { hint: "Take the two groups one after the other. Where are the two largest magnitudes of each?" },
  );

  test(
    1,
    "packs the worked example, and unpacks it",
    async () => {
      const packed = record(
        await student.call("compress24", weights, mask),
        ["values", "indices"],
        "compress24",
      );
      // The float32 numbers nearest to the table's.
      const kept = Float32Array.of(-0.9, 0.8, 0.5, 0.5);
      within(typedArray(packed.values, Float32Array, 4, "values"), kept, 0, "values");
      sameIntegers(typedArray(packed.indices, Uint8Array, 1, "indices"), [77], "indices");
      const back = await student.call("decompress24", kept, Uint8Array.of(77));
      const expected = weights.map((weight, i) => weight * (mask[i] ?? 0));
      within(typedArray(back, Float32Array, 8, "decompress24"), expected, 0, "weights");
    },
    { hint: "Write the positions 1, 3, 0, 1 as two bits each, the first one at the right." },
  );

  test(
    1,
    "measures what is left of the worked example",
    async () => {
      // 1.95/2.34 for the decimal numbers; their float32 neighbours and float32 sums are within 10 · 2^-24 of it.
      within(await student.call("keptEnergy", weights, mask), 1.95 / 2.34, 10 * 2 ** -24, "kept energy");
      within(await student.call("keptEnergy", new Float32Array(8), mask), 1, 0, "kept energy of zeros");
    },
    { hint: "Write down both sums of squares. And what is left of nothing?" },
  );
});
