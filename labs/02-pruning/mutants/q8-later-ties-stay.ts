import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Of equal numbers any may stay.",
  changes: [
    [
      "Math.abs(weights[j]!) - Math.abs(weights[i]!)",
      "Math.abs(weights[j]!) - Math.abs(weights[i]!) || j - i",
    ],
  ],
  caughtBy: ["keeps what the worked example keeps", "lets the first of equal magnitudes stay"],
  feedback: "Your masks differ where magnitudes are equal. What does the text say about them?",
});
