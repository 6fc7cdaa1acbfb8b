import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A vector always has a range.",
  changes: [["  if (low === high) return { scale: 1, zeroPoint: 0 };\n", ""]],
  caughtBy: ["keeps zero in the range, and handles inputs that are all zero", "adds the bias as it is"],
  feedback: "What do you divide by when all inputs are 0?",
});
