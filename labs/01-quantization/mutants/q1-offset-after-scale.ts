import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The zero point is taken away in the unit of the data.",
  changes: [["scale * (code - zeroPoint)", "scale * code - zeroPoint"]],
  caughtBy: [
    "reproduces the worked example",
    "gives zero back exactly",
    "loses no more than half a step, ends included",
  ],
  feedback: "The zero point is a code. Is it subtracted from a code, or from a weight?",
});
