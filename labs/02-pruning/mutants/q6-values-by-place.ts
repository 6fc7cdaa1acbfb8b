import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The control's values lie at the weights' own places.",
  changes: [["values[used++]!", "values[Math.min(used++ + 1, values.length - 1)]!"]],
  caughtBy: [
    "rewinds the worked example, and fills its mask with other values",
    "keeps the control's mask, with values of its own",
  ],
  feedback: "One of the values is never used in your control, another one twice. Which is the first?",
});
