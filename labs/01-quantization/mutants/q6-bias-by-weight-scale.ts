import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "A bias belongs to the weights, and takes their scale.",
  changes: [["b / (inputScale * (scales[c] ?? 1))", "b / (scales[c] ?? 1)"]],
  caughtBy: [
    "reproduces the worked example",
    "takes convolutions: one scale and one bias for each output channel",
    "counts each bias in steps of its own sum",
    "rounds ties to even, and clips what an int32 can't hold",
    "handles channels whose weights are all zero",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  feedback: "One step of the sum is a step of a weight times a step of what?",
});
