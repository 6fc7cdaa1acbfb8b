import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Codes can be multiplied as they are.",
  changes: [["(code - zeroPoint) * (codes", "code * (codes"]],
  caughtBy: [
    "reproduces the worked example",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
  ],
  feedback: "Which integer does your sum multiply with the weights where an input is exactly 0?",
});
