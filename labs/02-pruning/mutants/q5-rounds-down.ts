import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "A part of a weight does not go.",
  changes: [["roundHalfToEven(sparsity * weights.length)", "Math.floor(sparsity * weights.length)"]],
  caughtBy: ["removes the exact count of smallest standing weights, update after update"],
  alsoFails: [
    "leaves alone what is gone, whatever the array holds there",
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
    "returns as many zeros as the schedule ends with",
  ],
  feedback:
    "Your masks are now and then one weight short. How does sparsity times count become a whole number?",
});
