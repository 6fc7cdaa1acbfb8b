import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Math.round is the rounding that the formula means.",
  changes: [["roundHalfToEven(value / scale)", "Math.round(value / scale)"]],
  caughtBy: ["sends ties where the specification does, on both sides of zero"],
  feedback: "Ties. Which way does your rounding send 0.5 and -1.5, and which way does the specification?",
});
