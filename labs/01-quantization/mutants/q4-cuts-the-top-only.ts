import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Outliers are large values, so only the upper end is cut.",
  changes: [["sorted.subarray(cut,", "sorted.subarray(0,"]],
  caughtBy: [
    "leaves out as many values as the percentile says",
    "cuts the same number of values at each end",
    "contains 0 when all that is kept lies on one side of it",
  ],
  feedback: "One end of your range is never cut. What about a layer without a ReLU?",
});
