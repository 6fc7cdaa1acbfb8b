import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "A sparsity below 1 leaves something in any case.",
  changes: [
    [
      "Math.min(roundHalfToEven(sparsity * norms.length), norms.length - 1)",
      "roundHalfToEven(sparsity * norms.length)",
    ],
  ],
  caughtBy: ["counts the channels as PyTorch does, and keeps one in any case"],
  feedback: "Few channels, high sparsity: what does the next layer read when your list is empty?",
});
