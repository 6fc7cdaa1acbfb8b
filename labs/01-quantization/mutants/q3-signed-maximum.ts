import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The largest weight is the one farthest from zero.",
  changes: [["Math.max(largest, Math.abs(weight))", "Math.max(largest, weight)"]],
  caughtBy: [
    "reproduces the worked example",
    "finds the scales of a convolution with one loud channel",
    "keeps every channel within half of its own step",
    "takes the weights of a linear layer too",
    "handles a channel of zeros",
  ],
  feedback: "Try a channel whose most negative weight is larger in size than its most positive one.",
});
