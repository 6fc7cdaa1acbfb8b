import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Four neighbours in memory are a group, wherever they lie.",
  changes: [
    ["row < weights.length; row += columns", "row < 1; row += 1"],
    ["start < row + columns; start += 4", "start < weights.length; start += 4"],
    ["Math.min(4, row + columns - start)", "Math.min(4, weights.length - start)"],
  ],
  caughtBy: ["begins a new group with each row"],
  feedback:
    "Look at two rows of six weights. Whose input is the fifth weight in memory, and whose is the seventh?",
});
