import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Keeping 95 % means leaving out 5 % at each end.",
  changes: [["/ 200", "/ 100"]],
  caughtBy: [
    "leaves out as many values as the percentile says",
    "cuts the same number of values at each end",
    "contains 0 when all that is kept lies on one side of it",
  ],
  feedback: "Add up what you leave out at both ends. How many percent are left?",
});
