import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Whether a gradient passes is asked of the rounded weight.",
  changes: [["straightThrough(w, gradients", "straightThrough(rounded[layer]!, gradients"]],
  caughtBy: ["takes one step with all examples", "adds up many steps, batch after batch"],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "A weight beyond the limit was moved. Which of its two copies lies beyond it?",
});
