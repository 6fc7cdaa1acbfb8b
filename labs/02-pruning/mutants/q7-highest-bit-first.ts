import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The first element is the leftmost bit of its byte.",
  changes: [["2 ** (i % 8)", "2 ** (7 - (i % 8))"]],
  caughtBy: [
    "stores the worked matrix in both formats",
    "marks every element that is not 0, and keeps its value",
    "drops zeros of both signs, and nothing else",
  ],
  feedback: "Your bits are the right ones in another order. Which bit of a byte is worth 1?",
});
