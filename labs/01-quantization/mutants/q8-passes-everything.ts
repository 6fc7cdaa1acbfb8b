import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Straight through means that every gradient passes.",
  changes: [["(w[i]! >= low && w[i]! <= high ? value : 0)", "(high >= low ? value : 0)"]],
  caughtBy: [
    "lets the worked gradients through",
    "holds gradients back where the clamp is flat",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback:
    "A weight beyond the limit is pushed by its gradient. Does what the device stores change with it?",
});
