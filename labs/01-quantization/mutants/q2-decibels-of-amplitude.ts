import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "A decibel is always 20 times the logarithm.",
  changes: [["10 * Math.log10", "20 * Math.log10"]],
  caughtBy: ["measures the noise in decibels", "measures the noise of drawn data"],
  feedback: "Is your ratio one of amplitudes or of powers? Each has its own number of decibels.",
});
