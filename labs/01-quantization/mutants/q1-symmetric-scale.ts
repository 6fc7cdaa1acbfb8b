import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The scale comes from the largest magnitude.",
  changes: [["(high - low) / (2 ** bits - 1)", "(2 * Math.max(high, -low)) / (2 ** bits - 1)"]],
  caughtBy: [
    "reproduces the worked example",
    "widens a range that leaves out zero",
    "finds scale and zero point for 2 to 8 bits",
    "handles data on one side of zero, and data that is all zero",
  ],
  alsoFails: ["loses no more than half a step, ends included"],
  feedback: "That is the symmetric scheme of question 2. Which of your codes does one-sided data never use?",
});
