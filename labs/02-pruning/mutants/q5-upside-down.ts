import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The cube is of the part that is done.",
  changes: [
    [
      "final + (initial - final) * (1 - done / updates) ** 3",
      "initial + (final - initial) * (done / updates) ** 3",
    ],
  ],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
    "takes the same training steps as the text describes",
  ],
  alsoFails: ["gives a network with exactly that sparsity, which works on new examples"],
  feedback:
    "Your schedule is slow at first and hurries in the end. When does a network have weights to spare?",
});
