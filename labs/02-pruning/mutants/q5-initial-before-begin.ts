import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The sparsity is the initial one from step 0.",
  changes: [["if (step < begin) return 0;", "if (step < begin) return initial;"]],
  caughtBy: [
    "follows the equation at updates, between them, before and after",
    "takes the same training steps as the text describes",
  ],
  feedback: "Look at the steps before the first update with an initial sparsity that is not 0.",
});
