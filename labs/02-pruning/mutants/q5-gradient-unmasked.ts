import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "After the mask, an ordinary training step.",
  changes: [["rate * mask[i]! * gradient[i]!", "rate * gradient[i]!"]],
  caughtBy: [
    "returns as many zeros as the schedule ends with",
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback:
    "After your training step, weights that were removed are not 0. What is the gradient of a weight that is 0?",
});
