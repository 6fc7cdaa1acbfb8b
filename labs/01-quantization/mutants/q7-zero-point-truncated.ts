import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The zero point is what is left when the fraction is cut off.",
  changes: [["zeroPoint: roundHalfToEven(-low / scale)", "zeroPoint: Math.trunc(-low / scale)"]],
  caughtBy: [
    "finds the range of each vector anew",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
  ],
  alsoFails: ["takes vectors on one side of zero, and single numbers"],
  feedback: "How does -min/scale become an integer?",
});
