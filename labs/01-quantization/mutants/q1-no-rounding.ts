import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Storing a number in a Uint8Array rounds it.",
  changes: [["roundHalfToEven(value / scale + zeroPoint)", "value / scale + zeroPoint"]],
  caughtBy: [
    "reproduces the worked example",
    "gives the nearest code for 2 to 8 bits",
    "loses no more than half a step, ends included",
    "sends ties where the specification does",
  ],
  feedback: "What does a Uint8Array do with the fraction of a number?",
});
