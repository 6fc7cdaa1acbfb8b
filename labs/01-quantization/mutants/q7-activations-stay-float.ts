import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Weights are int8, activations stay float: nothing is rounded inside of the layer.",
  changes: [
    [
      "for (const [i, code] of inputs.entries()) sum += (code - zeroPoint) * (codes[j * x.length + i] ?? 0);",
      "for (const [i, value] of x.entries()) sum += value * (codes[j * x.length + i] ?? 0);",
    ],
    ["return scale * (scales[j] ?? 1) * sum + b;", "return (scales[j] ?? 1) * sum + b;"],
  ],
  caughtBy: [
    "reproduces the worked example",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
  ],
  feedback:
    "Your outputs are closer to the float layer's than 8-bit inputs allow. What are the inputs multiplied as?",
});
