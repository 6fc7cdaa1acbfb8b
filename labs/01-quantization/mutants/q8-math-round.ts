import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Math.round rounds as the specification does.",
  changes: [
    [
      "roundHalfToEven(Math.min(Math.max(weight, -limit), limit) / scale)",
      "Math.round(Math.min(Math.max(weight, -limit), limit) / scale)",
    ],
  ],
  caughtBy: ["sends ties to the even code, on few values, and stays there"],
  feedback: "Ties. Put a weight half-way between two codes through your function, and its opposite.",
});
