import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The norm is the sum of the magnitudes.",
  changes: [
    [
      "Math.sqrt(channel.reduce((sum, weight) => sum + weight ** 2, 0))",
      "channel.reduce((sum, weight) => sum + Math.abs(weight), 0)",
    ],
  ],
  caughtBy: [
    "finds the weakest channel of the worked example",
    "measures the norms of convolutions and dense layers",
  ],
  feedback: "What is the length of a vector with the components 3 and −4, and what did you compute?",
});
