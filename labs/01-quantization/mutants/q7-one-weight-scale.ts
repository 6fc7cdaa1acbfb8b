import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "All outputs share the first scale.",
  changes: [["(scales[j] ?? 1)", "(scales[0] ?? 1)"]],
  caughtBy: [
    "reproduces the worked example",
    "multiplies each input with the weights of its output, scaled once",
    "computes the layer that ONNX Runtime computes",
  ],
  feedback: "Each output has a scale. Which one does output 1 take?",
});
