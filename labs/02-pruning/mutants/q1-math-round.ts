import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Math.round rounds as PyTorch does.",
  changes: [["roundHalfToEven(sparsity * weights.length)", "Math.round(sparsity * weights.length)"]],
  caughtBy: ["removes exactly as many as it should", "has the right number of zeros for every size"],
  alsoFails: ["removes the smallest magnitudes, of equal ones the first"],
  feedback: "Sometimes you remove one weight too many. Which way does your rounding send a tie?",
});
