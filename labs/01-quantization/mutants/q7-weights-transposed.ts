import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The weights lie input by input.",
  changes: [["codes[j * x.length + i]", "codes[i * bias.length + j]"]],
  caughtBy: [
    "reproduces the worked example",
    "multiplies each input with the weights of its output, scaled once",
    "computes the layer that ONNX Runtime computes",
  ],
  feedback: "In [out, in], how far apart are two weights of the same output?",
});
