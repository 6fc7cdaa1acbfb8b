import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Shifting rounds.",
  changes: [["BigInt(accumulator) * BigInt(multiplier) + half", "BigInt(accumulator) * BigInt(multiplier)"]],
  caughtBy: [
    "multiplies by the factor and rounds",
    "gives the codes of the worked example, with a ReLU and without",
    "rounds to the nearest integer, and a tie up, on both sides of 0",
    "keeps every bit of the product",
    "gives the library's codes, clamped to what the output can be",
  ],
  feedback:
    "Your results are too small by one about every second time. Where does a shift leave what lies behind the point?",
});
