import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "The list names the channels that go.",
  changes: [["order.slice(removed)", "order.slice(0, removed)"]],
  caughtBy: [
    "finds the weakest channel of the worked example",
    "counts the channels as PyTorch does, and keeps one in any case",
    "keeps the strongest of drawn channels",
  ],
  feedback: "Look at the norms of the channels in your list. Are they those that should stay?",
});
