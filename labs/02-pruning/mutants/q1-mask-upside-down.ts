import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "A 1 in the mask means that the weight is masked out.",
  changes: [
    [".fill(1)", ".fill(0)"],
    ["mask[i] = 0;", "mask[i] = 1;"],
  ],
  caughtBy: [
    "reproduces the worked example",
    "removes exactly as many as it should",
    "lets the first of equal magnitudes go first",
    "removes the smallest magnitudes, of equal ones the first",
    "has the right number of zeros for every size",
    "never keeps a weight that is smaller than a removed one",
  ],
  feedback: "What does a 1 in a mask stand for here: a weight that stays, or one that goes?",
});
