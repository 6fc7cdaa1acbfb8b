import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "The total is the sum of the layers' rounded numbers.",
  changes: [
    [
      "roundHalfToEven(sparsity * list.length)",
      "layers.reduce((sum, layer) => sum + roundHalfToEven(sparsity * layer.length), 0)",
    ],
  ],
  caughtBy: ["rounds once for all layers, or once for each"],
  alsoFails: [
    "prunes all layers together",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  feedback: "With one list, how often is a number of weights rounded?",
});
