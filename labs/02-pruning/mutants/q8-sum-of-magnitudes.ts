import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Energy is the sum of magnitudes.",
  changes: [
    ["if (mask[i] === 1) kept += weight ** 2;", "if (mask[i] === 1) kept += Math.abs(weight);"],
    ["all += weight ** 2;", "all += Math.abs(weight);"],
  ],
  caughtBy: [
    "measures what is left of the worked example",
    "keeps at least half of the energy, and no more than a free choice",
  ],
  feedback: "Your share of what is left is too small. What happens to each weight before it is added?",
});
