import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Global means the same sparsity in all layers.",
  changes: [
    [
      "const list = layers.flatMap((layer, l) =>",
      "if (layers.length > 1) return localMasks(layers, sparsity);\n  const list = layers.flatMap((layer, l) =>",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "rounds once for all layers, or once for each",
    "takes equals from the earlier layer first",
    "prunes all layers together",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  feedback: "All layers lose the same share. Put their weights into one list: does each layer lose as much?",
});
