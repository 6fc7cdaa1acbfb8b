import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Math.round is the rounding that the formula means.",
  changes: [["roundHalfToEven(value / scale) + zeroPoint", "Math.round(value / scale) + zeroPoint"]],
  caughtBy: ["rounds ties as the specification does, and saturates"],
  feedback: "Ties. Which way does your rounding send 0.5 and 2.5, and which way does the specification?",
});
