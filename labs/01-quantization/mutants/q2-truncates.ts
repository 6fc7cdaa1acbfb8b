import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Making an integer means to cut off the fraction.",
  changes: [["roundHalfToEven(value / scale)", "Math.trunc(value / scale)"]],
  caughtBy: [
    "reproduces the worked example",
    "loses no more than half a step inside the range",
    "sends ties where the specification does, on both sides of zero",
  ],
  feedback: "Some of your errors are almost a whole step. Which code is nearest to 2.9 steps?",
});
