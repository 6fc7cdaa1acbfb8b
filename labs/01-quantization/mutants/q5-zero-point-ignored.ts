import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The input's codes are its numbers.",
  changes: [["(code - zeroPoint) *", "code *"]],
  caughtBy: ["adds up the worked example", "adds up layers of any shape", "holds sums that no int16 holds"],
  feedback: "Which code stands for an input of 0? What does it add to your sum?",
});
