import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "All weights have four axes.",
  changes: [
    [
      "const size = weights.length / channels;",
      "const size = (shape[1] ?? 0) * (shape[2] ?? Number.NaN) * (shape[3] ?? Number.NaN);",
    ],
  ],
  caughtBy: ["takes the weights of a linear layer too"],
  feedback: "A linear layer has the shape [out, in]. What does your code read as its height and width?",
});
