import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The remaining part falls as a square.",
  changes: [["** 3", "** 2"]],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
  ],
  alsoFails: [
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback:
    "Your curve rises as it should, but not as fast. Put half of the way into the equation and into your function.",
});
