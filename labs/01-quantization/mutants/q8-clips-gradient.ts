import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Straight through clips the gradient itself.",
  changes: [
    [
      "(w[i]! >= low && w[i]! <= high ? value : 0)",
      "(w[i] === undefined ? 0 : Math.min(Math.max(value, low), high))",
    ],
  ],
  caughtBy: [
    "lets the worked gradients through",
    "holds gradients back where the clamp is flat",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["takes the worked step", "saves a network that rounding ruins"],
  feedback:
    "Two numbers stand at each place: a weight and its gradient. Which of the two is compared with the range?",
});
