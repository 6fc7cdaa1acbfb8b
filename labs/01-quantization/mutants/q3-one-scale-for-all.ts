import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "A layer has one scale.",
  changes: [["for (const weight of channel) largest", "for (const weight of weights) largest"]],
  caughtBy: [
    "reproduces the worked example",
    "gives one scale to each output channel",
    "finds the scales of a convolution with one loud channel",
    "keeps every channel within half of its own step",
    "takes the weights of a linear layer too",
    "handles a channel of zeros",
  ],
  feedback: "All of your scales are equal. What does that leave to a quiet channel?",
});
