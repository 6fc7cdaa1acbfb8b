import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The codes cover the data and nothing else.",
  changes: [
    ["Math.min(min, 0)", "min"],
    ["Math.max(max, 0)", "max"],
  ],
  caughtBy: [
    "gives zero back exactly",
    "widens a range that leaves out zero",
    "handles data on one side of zero, and data that is all zero",
  ],
  feedback: "Your map can't represent 0. What would padding become?",
});
