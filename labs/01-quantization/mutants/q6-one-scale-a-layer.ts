import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "One scale for all weights of a layer is enough.",
  changes: [["weights.subarray(c * size, (c + 1) * size)", "weights"]],
  caughtBy: [
    "reproduces the worked example",
    "takes convolutions: one scale and one bias for each output channel",
    "gives all layers of a network their codes and scales",
    "counts each bias in steps of its own sum",
    "handles channels whose weights are all zero",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  feedback: "Do all output channels of a layer get the same scale?",
});
