import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Power holds the inputs, and they have yet to be squared.",
  changes: [["weight ** 2 * (power[i] ?? 0)", "weight ** 2 * (power[i] ?? 0) ** 2"]],
  caughtBy: ["expects the change that the output has on average over all signs of the inputs"],
  feedback: "Your error is right where every power is 1. What does power hold: the inputs, or their squares?",
});
