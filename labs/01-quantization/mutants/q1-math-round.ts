import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Math.round is the rounding that the formula means.",
  changes: [["roundHalfToEven(value / scale + zeroPoint)", "Math.round(value / scale + zeroPoint)"]],
  caughtBy: ["sends ties where the specification does"],
  feedback: "Ties. Which way does your rounding send 0.5 and 1.5, and which way does the specification?",
});
