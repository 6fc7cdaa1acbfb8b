import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "An integer is made of -min/scale by cutting off its fraction, as int() does.",
  changes: [["roundHalfToEven(-low / scale)", "Math.trunc(-low / scale)"]],
  caughtBy: [
    "reproduces the worked example",
    "finds scale and zero point for 2 to 8 bits",
    "loses no more than half a step, ends included",
  ],
  alsoFails: ["handles data on one side of zero, and data that is all zero"],
  feedback: "One end of your range is clipped. How does -min/scale become an integer?",
});
