import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "A channel's weights are one kernel: height times width.",
  changes: [
    ["const size = weights.length / channels;", "const size = shape.slice(2).reduce((a, b) => a * b, 1);"],
  ],
  caughtBy: [
    "gives one scale to each output channel",
    "finds the scales of a convolution with one loud channel",
    "keeps every channel within half of its own step",
    "takes the weights of a linear layer too",
    "handles a channel of zeros",
  ],
  feedback: "An output channel has a kernel for each input channel. Do you look at all of them?",
});
