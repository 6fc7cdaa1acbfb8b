import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "A threshold is enough: whatever is not above it goes.",
  changes: [
    [
      "for (const { mask, i } of list.slice(0, roundHalfToEven(sparsity * list.length))) mask?.fill(0, i, i + 1);",
      "const threshold = list[roundHalfToEven(sparsity * list.length) - 1]?.magnitude ?? -1;\n  for (const { magnitude, mask, i } of list) if (magnitude <= threshold) mask?.fill(0, i, i + 1);",
    ],
  ],
  caughtBy: ["takes equals from the earlier layer first"],
  alsoFails: [
    "prunes all layers together",
    "prunes every layer by itself",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  feedback: "More weights go than were asked for. What happens to several weights at the threshold?",
});
