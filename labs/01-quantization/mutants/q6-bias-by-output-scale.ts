import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "A bias is added to the output, so that it is counted in the output's steps.",
  changes: [
    [
      "const inputScale = activations[input]?.scale ?? 1;",
      "const inputScale = activations[name]?.scale ?? 1;",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "takes convolutions: one scale and one bias for each output channel",
    "counts each bias in steps of its own sum",
    "rounds ties to even, and clips what an int32 can't hold",
    "handles channels whose weights are all zero",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  feedback: "The bias is added before the sum becomes the layer's output. In which steps is that sum?",
});
