import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Every value of an int8 is a code.",
  changes: [["Math.max(code, -127)", "Math.max(code, -128)"]],
  caughtBy: ["saturates what the scale can't reach", "treats both ends alike beyond the range"],
  feedback: "One of your codes has no opposite.",
});
