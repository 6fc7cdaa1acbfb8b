import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The smallest weights are the most negative ones.",
  changes: [["Math.abs(weights[a]!) - Math.abs(weights[b]!)", "weights[a]! - weights[b]!"]],
  caughtBy: [
    "prunes the eight weights of the worked example",
    "removes the exact count of smallest standing weights, update after update",
  ],
  alsoFails: [
    "leaves alone what is gone, whatever the array holds there",
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback: "Large negative weights are the first to go in your masks. What makes a weight small?",
});
