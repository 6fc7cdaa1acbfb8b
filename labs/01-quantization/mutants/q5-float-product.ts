import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "A JavaScript number is wide enough for the product.",
  changes: [
    [
      "Number((BigInt(accumulator) * BigInt(multiplier) + half) >> bits)",
      "Math.floor((accumulator * multiplier) / 2 ** (31 - shift) + 0.5)",
    ],
  ],
  caughtBy: ["keeps every bit of the product"],
  feedback:
    "Right for small accumulators, one off for some large ones. How many bits of the product does your number hold?",
});
