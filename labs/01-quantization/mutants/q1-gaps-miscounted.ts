import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "256 values have 256 gaps.",
  changes: [["(2 ** bits - 1)", "2 ** bits"]],
  caughtBy: [
    "reproduces the worked example",
    "widens a range that leaves out zero",
    "finds scale and zero point for 2 to 8 bits",
    "handles data on one side of zero, and data that is all zero",
  ],
  alsoFails: ["loses no more than half a step, ends included"],
  feedback: "256 values have how many gaps?",
});
