import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Pruning step by step is enough; the others stay as they are.",
  changes: [["weight - rate * mask[i]! * gradient[i]!", "weight + 0 * gradient[i]!"]],
  caughtBy: [
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback: "The weights that stand come back as you got them. Who makes up for those that went?",
});
