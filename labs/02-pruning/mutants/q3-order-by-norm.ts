import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The order of the list makes no difference.",
  changes: [["order.slice(removed).sort((a, b) => a - b)", "order.slice(removed)"]],
  caughtBy: [
    "counts the channels as PyTorch does, and keeps one in any case",
    "keeps the strongest of drawn channels",
  ],
  feedback: "Your list names the right channels. In which order do they stand?",
});
