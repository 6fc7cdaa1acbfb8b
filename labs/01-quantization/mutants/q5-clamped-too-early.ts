import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Clamp first, then move.",
  changes: [
    [
      "const code = scaleAccumulator(accumulator, multiplier, shift) + zeroPoint;\n    return Math.min(Math.max(code, lowest), 127);",
      "const code = scaleAccumulator(accumulator, multiplier, shift);\n    return Math.min(Math.max(code, lowest), 127) + zeroPoint;",
    ],
  ],
  caughtBy: [
    "gives the codes of the worked example, with a ReLU and without",
    "gives the library's codes, clamped to what the output can be",
  ],
  feedback: "Some of your codes wrap around. What is done last to a code before it is stored?",
});
