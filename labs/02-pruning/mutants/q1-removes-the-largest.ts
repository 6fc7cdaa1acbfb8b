import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Pruning takes the largest weights.",
  changes: [
    [
      "Math.abs(weights[a] ?? 0) - Math.abs(weights[b] ?? 0)",
      "Math.abs(weights[b] ?? 0) - Math.abs(weights[a] ?? 0)",
    ],
  ],
  caughtBy: [
    "reproduces the worked example",
    "lets the first of equal magnitudes go first",
    "removes the smallest magnitudes, of equal ones the first",
    "never keeps a weight that is smaller than a removed one",
  ],
  feedback: "Look at what your mask leaves. Which weights does a sum of products miss most?",
});
