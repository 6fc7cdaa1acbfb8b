import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "A threshold is enough: whatever is not above it goes.",
  changes: [
    [
      "for (const i of order.slice(0, roundHalfToEven(sparsity * weights.length))) mask[i] = 0;",
      "const removed = roundHalfToEven(sparsity * weights.length);\n  const threshold = Math.abs(weights[order[removed - 1] ?? -1] ?? Number.NaN);\n  for (const i of order) if (Math.abs(weights[i] ?? 0) <= threshold) mask[i] = 0;",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "lets the first of equal magnitudes go first",
    "has the right number of zeros for every size",
  ],
  alsoFails: ["removes the smallest magnitudes, of equal ones the first"],
  feedback: "You remove more weights than were asked for. What happens to several weights at the threshold?",
});
