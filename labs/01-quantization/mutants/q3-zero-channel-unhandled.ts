import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "Some weight is never zero.",
  changes: [["return largest === 0 ? 1 : largest / 127;", "return largest / 127;"]],
  caughtBy: ["handles a channel of zeros"],
  feedback: "Pruning can leave a channel of zeros. What is its scale, and what do you divide by?",
});
