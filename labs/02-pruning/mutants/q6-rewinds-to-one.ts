import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The ticket is the mask.",
  changes: [["mask[i] === 1 ? weight : 0", "mask[i]!"]],
  caughtBy: [
    "rewinds the worked example, and fills its mask with other values",
    "goes back to the first weights exactly, and only where the mask stands",
  ],
  feedback: "All weights of your ticket are equal. Which numbers did training begin with?",
});
