import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Activations are spread around zero as weights are.",
  changes: [["const scale = (high - low) / 255;", "const scale = (2 * Math.max(high, -low)) / 255;"]],
  caughtBy: [
    "reproduces the worked example",
    "keeps zero in the range, and handles inputs that are all zero",
    "multiplies each input with the weights of its output, scaled once",
    "finds the range of each vector anew",
    "takes vectors on one side of zero, and single numbers",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
  ],
  feedback: "After a ReLU all inputs are positive. How many of your codes are ever used then?",
});
