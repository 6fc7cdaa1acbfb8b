import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The first of the updates is the one at step begin.",
  changes: [["Math.floor((step - begin) / every)", "Math.floor((step - begin) / every) + 1"]],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
    "takes the same training steps as the text describes",
  ],
  // One update earlier is hardly another network: whether it still works hangs on the draw.
  alsoFails: ["gives a network with exactly that sparsity, which works on new examples"],
  feedback: "Your curve has the right form at other steps. Which sparsity does the table give for step 100?",
});
