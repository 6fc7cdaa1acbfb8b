import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Noise over signal.",
  changes: [["signal / noise", "noise / signal"]],
  caughtBy: ["measures the noise in decibels", "measures the noise of drawn data"],
  feedback: "Does your SQNR rise or fall when the noise grows?",
});
