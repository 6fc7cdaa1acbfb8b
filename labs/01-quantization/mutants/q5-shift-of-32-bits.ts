import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: ">> shifts numbers of any size.",
  changes: [
    [
      "Number((BigInt(accumulator) * BigInt(multiplier) + half) >> bits)",
      "(accumulator * multiplier + 2 ** (30 - shift)) >> (31 - shift)",
    ],
  ],
  caughtBy: [
    "multiplies by the factor and rounds",
    "gives the codes of the worked example, with a ReLU and without",
    "rounds to the nearest integer, and a tie up, on both sides of 0",
    "keeps every bit of the product",
    "gives the library's codes, clamped to what the output can be",
  ],
  feedback: "Your product has lost most of its bits before it was shifted. On how many bits does >> work?",
});
