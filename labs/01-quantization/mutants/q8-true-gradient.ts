import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The gradient of rounding is what calculus says: 0.",
  changes: [
    [
      "(w[i]! >= low && w[i]! <= high ? value : 0)",
      "(w[i]! * value === Number.POSITIVE_INFINITY ? value : 0)",
    ],
  ],
  caughtBy: [
    "lets the worked gradients through",
    "takes the worked step",
    "holds gradients back where the clamp is flat",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
    "saves a network that rounding ruins",
  ],
  feedback:
    "No weight of yours ever moves. What does the estimator put in place of the slope of the staircase?",
});
