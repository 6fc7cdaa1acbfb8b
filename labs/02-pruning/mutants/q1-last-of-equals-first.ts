import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Which of two equal weights goes makes no difference.",
  changes: [["Array.from(weights.keys())", "Array.from(weights.keys()).reverse()"]],
  caughtBy: ["reproduces the worked example", "lets the first of equal magnitudes go first"],
  alsoFails: ["removes the smallest magnitudes, of equal ones the first"],
  feedback: "The number of zeros is right. Look at weights of equal magnitude: which of them goes?",
});
