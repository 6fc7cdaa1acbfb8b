import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The mask marks what is removed.",
  changes: [["group.slice(0, 2)", "group.slice(-2)"]],
  caughtBy: [
    "keeps what the worked example keeps",
    "keeps the two largest magnitudes of every four",
    "begins a new group with each row",
    "lets the first of equal magnitudes stay",
    "keeps at least half of the energy, and no more than a free choice",
  ],
  feedback: "Compare your mask with the worked one. What does a 1 stand for?",
});
