import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Local means that masks come layer by layer; the threshold is one for all.",
  changes: [
    [
      "return layers.flatMap((layer) => globalMasks([layer], sparsity))",
      "return globalMasks(layers, sparsity)",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "rounds once for all layers, or once for each",
    "prunes every layer by itself",
    "empties a quiet layer with one threshold, and not with a threshold for each",
  ],
  feedback: "Change the weights of one layer: should the local mask of another layer change?",
});
