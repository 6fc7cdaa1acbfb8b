import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The limit follows the largest weight at each step.",
  changes: [["fakeQuantize(w, bits, limits[layer]!)", "fakeQuantize(w, bits + 0 * limits[layer]!)"]],
  caughtBy: [
    "takes the worked step",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "Your grid moves while you train. Which limit does the device use in the end?",
});
