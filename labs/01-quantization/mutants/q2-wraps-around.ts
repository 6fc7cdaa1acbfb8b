import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "A typed array keeps values in its range by itself.",
  changes: [["Math.min(Math.max(code, -127), 127)", "code"]],
  caughtBy: ["saturates what the scale can't reach", "treats both ends alike beyond the range"],
  feedback: "A value beyond the range came back with another sign. What does an Int8Array do with 130?",
});
