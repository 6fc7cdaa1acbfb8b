import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "Storing in an Int32Array rounds.",
  changes: [
    [
      "const code = roundHalfToEven(b / (inputScale * (scales[c] ?? 1)));",
      "const code = Math.trunc(b / (inputScale * (scales[c] ?? 1)));",
    ],
  ],
  caughtBy: [
    "rounds ties to even, and clips what an int32 can't hold",
    "keeps the accuracy of a trained network on digits that it has not seen",
  ],
  alsoFails: [
    "reproduces the worked example",
    "takes convolutions: one scale and one bias for each output channel",
    "counts each bias in steps of its own sum",
    "handles channels whose weights are all zero",
  ],
  feedback: "How does a bias of 1.9 steps become an integer in your function?",
});
