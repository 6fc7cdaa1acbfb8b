import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The smallest weight is the most negative one.",
  changes: [
    ["Math.abs(weights[a] ?? 0) - Math.abs(weights[b] ?? 0)", "(weights[a] ?? 0) - (weights[b] ?? 0)"],
  ],
  caughtBy: [
    "reproduces the worked example",
    "lets the first of equal magnitudes go first",
    "removes the smallest magnitudes, of equal ones the first",
    "never keeps a weight that is smaller than a removed one",
  ],
  feedback: "Your mask removes large weights of one sign. How far from zero is −0.6?",
});
