import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "The rounded weights are the weights, so the step starts from them.",
  changes: [
    [
      "const passed = straightThrough(w,",
      "const on = rounded[layer]!;\n        const passed = straightThrough(w,",
    ],
    ["w.map((weight, i) => weight - rate", "on.map((weight, i) => weight - rate"],
  ],
  caughtBy: [
    "takes the worked step",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback:
    "What becomes of a step that is smaller than half a step of the grid? Look at the last row of the table.",
});
