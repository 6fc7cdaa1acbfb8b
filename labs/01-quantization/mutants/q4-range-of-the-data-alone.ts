import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The range is that of the data, whether 0 lies in it or not.",
  changes: [
    ["let min = 0;", "let min = Infinity;"],
    ["let max = 0;", "let max = -Infinity;"],
  ],
  caughtBy: [
    "finds the ends of all batches, and contains 0",
    "finds both ends wherever they lie, and widens ranges on one side of 0",
    "contains 0 when all that is kept lies on one side of it",
    "finds the least error of drawn activations",
  ],
  alsoFails: [
    "leaves out as many values as the percentile says",
    "finds the range with the least error",
    "takes the wider of two equal ranges, and answers for zeros",
  ],
  feedback:
    "For data on one side of 0 your range has no code for 0. What does a ReLU put out most of the time?",
});
