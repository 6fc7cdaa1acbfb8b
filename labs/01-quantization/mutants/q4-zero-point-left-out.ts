import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Codes are steps from zero.",
  changes: [
    ["roundHalfToEven(value / scale + zeroPoint), 0), top)", "roundHalfToEven(value / scale), 0), top)"],
    ["scale * (code - zeroPoint)", "scale * code"],
  ],
  caughtBy: ["measures rounding and clipping for 2 to 8 bits", "finds the least error of drawn activations"],
  feedback: "Which codes do negative values get in your error?",
});
