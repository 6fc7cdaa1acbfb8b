import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A scale that was found once is good for all that comes.",
  changes: [["dynamicParams(x);", "dynamicParams(Float32Array.of(-4, 4));"]],
  caughtBy: [
    "reproduces the worked example",
    "multiplies each input with the weights of its output, scaled once",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
    "answers a louder vector with a louder output, and nothing else",
  ],
  feedback: "Run a quiet vector, then a loud one. Should both get the same scale?",
});
