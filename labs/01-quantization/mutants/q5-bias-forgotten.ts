import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The bias comes in after the scaling.",
  changes: [["let sum = start;", "let sum = 0 * start;"]],
  caughtBy: ["adds up the worked example", "adds up layers of any shape", "holds sums that no int16 holds"],
  feedback: "An input of zeros should give the bias. What does it give in your sum?",
});
