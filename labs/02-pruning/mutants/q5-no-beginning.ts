import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The equation holds before the first update too.",
  changes: [["  if (step < begin) return 0;\n", ""]],
  caughtBy: [
    "reproduces the schedule of the worked example",
    "follows the equation at updates, between them, before and after",
  ],
  alsoFails: [
    "returns as many zeros as the schedule ends with",
    "takes the same training steps as the text describes",
  ],
  feedback:
    "Your function has an answer other than 0 for the steps before the first update. What does the cube make of a negative part of the way?",
});
