import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The bias goes through the same scale as the sum.",
  changes: [["* sum + b;", "* (sum + b);"]],
  caughtBy: [
    "reproduces the worked example",
    "multiplies each input with the weights of its output, scaled once",
    "computes the layer that ONNX Runtime computes",
    "adds the bias as it is",
  ],
  feedback: "For an input of zeros, what should be left of the layer?",
});
