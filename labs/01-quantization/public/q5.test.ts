import { integer, question, record, sameIntegers, typedArray } from "edgelab/testing";

/** The worked example: three inputs, two outputs. */
const x = Int8Array.of(22, -53, 92);
const weights = Int8Array.of(80, -127, 30, -90, 20, -46);
const [inputZero, outputZero] = [-28, -78];
const [m, s] = [1_374_389_535, -7];

export default question("q5", ({ student, test }) => {
  test(
    1,
    "writes a factor as an integer and a shift",
    async () => {
      const rows = [
        { real: 0.005, multiplier: m, shift: s },
        { real: 0.5, multiplier: 2 ** 30, shift: 0 },
        { real: 3, multiplier: 3 * 2 ** 29, shift: 2 },
      ];
      for (const row of rows) {
        const result = record(
          await student.call("quantizeMultiplier", row.real),
          ["multiplier", "shift"],
          "quantizeMultiplier",
        );
        const got = [integer(result.multiplier, "multiplier"), integer(result.shift, "shift")];
        sameIntegers(got, [row.multiplier, row.shift], `multiplier and shift of ${row.real}`);
      }
    },
    {
      hint: "Halve or double the number until it lies between 0.5 and 1. How often, and in which direction?",
    },
  );

  test(
    2,
    "adds up the worked example",
    async () => {
      const sums = await student.call("accumulate", x, inputZero, weights, Int32Array.of(2000, 3000));
      sameIntegers(typedArray(sums, Int32Array, 2, "accumulate"), [12775, -7520], "accumulators");
    },
    {
      hint: "Go through the table by hand: the differences, the products, the bias. Which one differs first?",
    },
  );

  test(
    1,
    "multiplies by the factor and rounds",
    async () => {
      for (const [accumulator, expected] of [
        [12775, 64],
        [-7520, -38],
        [0, 0],
      ] as const) {
        const rounded = await student.call("scaleAccumulator", accumulator, m, s);
        sameIntegers([rounded], [expected], `0.005 · ${accumulator}, rounded,`);
      }
    },
    { hint: "What is the exact product, and what is left of it before you shift?" },
  );

  test(
    2,
    "gives the codes of the worked example, with a ReLU and without",
    async () => {
      // Two more sums that lie beyond both ends of the output.
      const sums = Int32Array.of(12775, -7520, 100_000, -100_000);
      const plain = await student.call("requantize", sums, m, s, outputZero, false);
      sameIntegers(
        typedArray(plain, Int8Array, 4, "requantize"),
        [-14, -116, 127, -128],
        "codes without a ReLU",
      );
      const relu = await student.call("requantize", sums, m, s, outputZero, true);
      sameIntegers(typedArray(relu, Int8Array, 4, "requantize"), [-14, -78, 127, -78], "codes with a ReLU");
    },
    { hint: "Which code stands for 0 here? Where does the clamp begin and end?" },
  );
});
