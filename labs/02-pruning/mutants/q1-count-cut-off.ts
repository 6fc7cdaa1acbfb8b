import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The number of removed weights is cut off.",
  changes: [["roundHalfToEven(sparsity * weights.length)", "Math.floor(sparsity * weights.length)"]],
  caughtBy: ["removes exactly as many as it should", "has the right number of zeros for every size"],
  alsoFails: [
    "removes the smallest magnitudes, of equal ones the first",
    "lets the first of equal magnitudes go first",
  ],
  feedback: "Sometimes you remove one weight too few. What becomes of the fraction of sparsity · n?",
});
