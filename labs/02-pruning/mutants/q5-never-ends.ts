import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The equation holds behind the last update too.",
  changes: [["Math.min(Math.floor((step - begin) / every), updates)", "Math.floor((step - begin) / every)"]],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
  ],
  alsoFails: [
    "returns as many zeros as the schedule ends with",
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback: "Look at your sparsity long after the last update. Does it stay where it should?",
});
