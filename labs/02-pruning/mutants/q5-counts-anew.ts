import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The sparsity says how many more go.",
  changes: [
    ["roundHalfToEven(sparsity * weights.length) - gone", "roundHalfToEven(sparsity * weights.length)"],
  ],
  caughtBy: [
    "prunes the eight weights of the worked example",
    "returns as many zeros as the schedule ends with",
    "removes the exact count of smallest standing weights, update after update",
    "leaves alone what is gone, whatever the array holds there",
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
  ],
  feedback: "Your mask has more zeros than the sparsity says. Do you count those that were there before?",
});
