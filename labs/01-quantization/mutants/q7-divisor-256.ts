import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "256 codes have 256 gaps.",
  changes: [["/ 255;", "/ 256;"]],
  caughtBy: [
    "reproduces the worked example",
    "keeps zero in the range, and handles inputs that are all zero",
    "multiplies each input with the weights of its output, scaled once",
    "finds the range of each vector anew",
    "takes vectors on one side of zero, and single numbers",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
  ],
  feedback: "256 values have how many gaps between them?",
});
