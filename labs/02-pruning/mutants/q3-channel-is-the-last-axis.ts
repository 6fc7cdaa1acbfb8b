import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Neighbours in memory belong to different output channels.",
  changes: [
    [
      "weights.data.subarray(c * size, (c + 1) * size);",
      "weights.data.filter((_, i) => i % channels === c && size > 0);",
    ],
  ],
  caughtBy: [
    "finds the weakest channel of the worked example",
    "measures the norms of convolutions and dense layers",
  ],
  feedback:
    "In [out, in, h, w], which weights lie side by side: those of one output channel, or one of each?",
});
