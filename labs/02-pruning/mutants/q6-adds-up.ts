import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "Each round removes the same number of weights.",
  changes: [["size * (1 - fraction) ** rounds", "size * (1 - fraction * rounds)"]],
  caughtBy: ["counts what is left of LeNet after three rounds", "weighs layers by their size"],
  feedback:
    "In your answer each round removes equally many weights. Of what is the fraction taken in the second round?",
});
