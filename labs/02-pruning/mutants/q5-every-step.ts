import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The sparsity changes with every step.",
  changes: [["Math.floor((step - begin) / every)", "(step - begin) / every"]],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
  ],
  alsoFails: [
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback: "Your sparsity changes between two updates. What does the table say of step 199?",
});
