import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A scale that was found once is good for all that comes.",
  changes: [
    [
      "const { scale, zeroPoint } = dynamicParams(x);",
      "const { scale, zeroPoint } = (found ??= dynamicParams(x));",
    ],
    [
      "/** A dense layer with",
      "let found: { scale: number; zeroPoint: number } | undefined;\n\n/** A dense layer with",
    ],
  ],
  caughtBy: [
    "multiplies each input with the weights of its output, scaled once",
    "computes the layer that ONNX Runtime computes",
    "rounds ties as the specification does, and saturates",
    "answers a louder vector with a louder output, and nothing else",
  ],
  feedback: "Run a quiet vector, then a loud one. Does the second remember the first?",
});
