import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The gradient points to where the loss falls.",
  changes: [["weight - rate * passed", "weight + rate * passed"]],
  caughtBy: [
    "takes the worked step",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
    "saves a network that rounding ruins",
  ],
  feedback: "Does your loss fall? Look at the sign of the step.",
});
