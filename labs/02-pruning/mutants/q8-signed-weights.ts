import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "A large weight is one far above zero.",
  changes: [["Math.abs(weights[j]!) - Math.abs(weights[i]!)", "weights[j]! - weights[i]!"]],
  caughtBy: [
    "keeps what the worked example keeps",
    "keeps the two largest magnitudes of every four",
    "begins a new group with each row",
    "lets the first of equal magnitudes stay",
  ],
  // Where few weights are strongly negative, more than half of the energy stays.
  alsoFails: ["keeps at least half of the energy, and no more than a free choice"],
  feedback: "Look at a group with a strongly negative weight. Does your mask keep it?",
});
