import { finiteNumber, question, sameIntegers, typedArray, within } from "edgelab/testing";

export default question("q6", ({ student, test }) => {
  test(
    1,
    "counts what is left of LeNet after three rounds",
    async () => {
      const layers = [
        { size: 235200, fraction: 0.2 },
        { size: 30000, fraction: 0.2 },
        { size: 1000, fraction: 0.1 },
      ];
      const left = finiteNumber(await student.call("remainingAfter", 3, layers), "remainingAfter");
      // A dozen operations, each rounded by up to 2^-53 of a result of at most 1.
      within(left, 136511.4 / 266200, 16 * 2 ** -53, "the part that is left");
    },
    {
      hint: "How many weights has each layer after three rounds? Divide their sum by the number at the beginning.",
    },
  );

  test(
    1,
    "finds both masks of the worked example",
    async () => {
      for (const [trained, mask, expected] of [
        [
          [0.6, -0.05, 0.9, -0.1, 0.2],
          [1, 1, 1, 1, 1],
          [1, 0, 1, 0, 1],
        ],
        [
          [0.7, 0, 0.8, 0, 0.25],
          [1, 0, 1, 0, 1],
          [1, 0, 1, 0, 0],
        ],
      ] as const) {
        const next = await student.call("nextMask", Float32Array.from(trained), Uint8Array.from(mask), 0.4);
        sameIntegers(typedArray(next, Uint8Array, 5, "nextMask"), expected, "the next mask");
      }
    },
    {
      hint: "Of how many weights does a fraction of 0.4 go in the first round, and of how many in the second?",
    },
  );

  test(
    1,
    "rewinds the worked example, and fills its mask with other values",
    async () => {
      const initial = Float32Array.of(0.5, -0.2, 0.1, -0.4, 0.3);
      const mask = Uint8Array.of(1, 0, 1, 0, 1);
      const ticket = typedArray(await student.call("rewind", initial, mask), Float32Array, 5, "rewind");
      within(ticket, Float32Array.of(0.5, 0, 0.1, 0, 0.3), 0, "the ticket");
      const values = Float32Array.of(7, 8, 9);
      const control = await student.call("reinitialize", mask, values);
      within(
        typedArray(control, Float32Array, 5, "reinitialize"),
        Float32Array.of(7, 0, 8, 0, 9),
        0,
        "the control",
      );
    },
    { hint: "Which three places does the mask keep? What did the weights there begin with?" },
  );
});
