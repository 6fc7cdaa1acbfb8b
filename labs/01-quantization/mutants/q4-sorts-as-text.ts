import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "sort() sorts numbers.",
  changes: [["Float32Array.from(values).sort()", "Float32Array.from(Array.from(values).sort())"]],
  caughtBy: [
    "leaves out as many values as the percentile says",
    "cuts the same number of values at each end",
    "contains 0 when all that is kept lies on one side of it",
  ],
  feedback: "Print your sorted values when some are negative and some have two digits. Are they in order?",
});
