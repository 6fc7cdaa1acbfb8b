import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Rounding treats both signs alike.",
  changes: [
    [
      "return Number((BigInt(accumulator) * BigInt(multiplier) + half) >> bits);",
      "const size = BigInt(Math.abs(accumulator)) * BigInt(multiplier);\n  return Math.sign(accumulator) * Number((size + half) >> bits);",
    ],
  ],
  caughtBy: ["rounds to the nearest integer, and a tie up, on both sides of 0"],
  alsoFails: ["keeps every bit of the product"],
  feedback: "Look at negative ties. In which direction does the formula send them?",
});
