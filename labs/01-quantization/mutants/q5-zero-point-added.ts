import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The zero point is added on the way back, too.",
  changes: [["(code - zeroPoint) *", "(code + zeroPoint) *"]],
  caughtBy: ["adds up the worked example", "adds up layers of any shape", "holds sums that no int16 holds"],
  feedback: "An input of 0 should add nothing to the sum. What does its code add to yours?",
});
