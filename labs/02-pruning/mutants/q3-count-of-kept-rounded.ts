import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The number of channels that stay is rounded.",
  changes: [
    [
      "roundHalfToEven(sparsity * norms.length), norms.length - 1",
      "norms.length - roundHalfToEven((1 - sparsity) * norms.length), norms.length - 1",
    ],
  ],
  caughtBy: ["counts the channels as PyTorch does, and keeps one in any case"],
  alsoFails: ["keeps the strongest of drawn channels"],
  feedback:
    "Half of five channels: which number is rounded, that of the channels that go, or of those that stay?",
});
