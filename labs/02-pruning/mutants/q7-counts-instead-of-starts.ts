import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The list says how many entries each row has.",
  changes: [["] = values.length;", "]! += value !== 0 ? 1 : 0;"]],
  caughtBy: [
    "stores the worked matrix in both formats",
    "stores rows that are empty and rows that are full",
    "gives each row the narrowest column numbers that suffice",
    "drops zeros of both signs, and nothing else",
  ],
  feedback: "Your starts do not rise. Where in the list of values does the last row begin?",
});
