import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Which of two equals goes makes no difference.",
  changes: [["list.sort(", "list.reverse().sort("]],
  caughtBy: ["takes equals from the earlier layer first"],
  alsoFails: [
    "prunes all layers together",
    "prunes every layer by itself",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  feedback: "The number of zeros is right. Look at equal magnitudes, in two layers and in one.",
});
