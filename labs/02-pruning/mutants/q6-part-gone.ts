import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The answer is the part that is gone.",
  changes: [["left += size * (1 - fraction) ** rounds;", "left += size * (1 - (1 - fraction) ** rounds);"]],
  caughtBy: ["counts what is left of LeNet after three rounds", "weighs layers by their size"],
  feedback: "Before the first round nothing is gone. What does your function say for 0 rounds?",
});
