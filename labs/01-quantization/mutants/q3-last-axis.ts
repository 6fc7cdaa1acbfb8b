import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The output channel is the axis that changes fastest.",
  changes: [["weights.subarray(c * size, (c + 1) * size)", "weights.filter((_, i) => i % channels === c)"]],
  caughtBy: [
    "reproduces the worked example",
    "gives one scale to each output channel",
    "finds the scales of a convolution with one loud channel",
    "keeps every channel within half of its own step",
    "takes the weights of a linear layer too",
    "handles a channel of zeros",
  ],
  feedback: "In [out, in, height, width], do neighbours in memory belong to the same output channel?",
});
