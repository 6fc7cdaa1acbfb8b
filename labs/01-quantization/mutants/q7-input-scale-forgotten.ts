import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "One scale an output is enough to come back to real numbers.",
  changes: [["return scale * (scales[j] ?? 1) * sum + b;", "return (scales[j] ?? 1) * sum + b;"]],
  caughtBy: [
    "reproduces the worked example",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
    "answers a louder vector with a louder output, and nothing else",
  ],
  feedback: "Two kinds of codes were multiplied. How many scales does their product need?",
});
