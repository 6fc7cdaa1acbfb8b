import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Codes go as far as the values do.",
  changes: [
    [
      "Math.min(Math.max(roundHalfToEven(value / scale + zeroPoint), 0), top)",
      "roundHalfToEven(value / scale + zeroPoint)",
    ],
  ],
  caughtBy: [
    "measures the error of the worked example",
    "finds the range with the least error",
    "measures rounding and clipping for 2 to 8 bits",
    "finds the least error of drawn activations",
  ],
  alsoFails: ["takes the wider of two equal ranges, and answers for zeros"],
  feedback: "How many codes does your error reckon with? Count them for the narrowest range.",
});
