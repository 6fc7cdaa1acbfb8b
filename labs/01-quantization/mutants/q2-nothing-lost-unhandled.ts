import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Dividing by zero always gives Infinity.",
  changes: [["if (noise === 0) return Infinity;", ""]],
  caughtBy: ["handles data that is all zero, and a perfect copy"],
  feedback: "What is 0/0? Look at data that is all zero.",
});
