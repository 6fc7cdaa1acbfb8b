import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The gradient is that of the network before the cut.",
  changes: [["gradientAt(step, kept, examples)", "gradientAt(step, weights, examples)"]],
  caughtBy: ["takes the same training steps as the text describes"],
  alsoFails: ["gives a network with exactly that sparsity, which works on new examples"],
  feedback:
    "Your zeros are right, but the weights that stand move another way. Of which network do you take the gradient: with the removed weights, or without?",
});
