import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "What is left is the mean over the layers.",
  changes: [
    ["before += size;", "before += 1;"],
    ["left += size * (1 - fraction) ** rounds;", "left += (1 - fraction) ** rounds;"],
  ],
  caughtBy: ["counts what is left of LeNet after three rounds", "weighs layers by their size"],
  feedback:
    "A layer of 1,000 weights counts as much as one of 200,000 in your answer. Which of them decides how much is left?",
});
