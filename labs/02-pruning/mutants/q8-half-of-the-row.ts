import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "2:4 means that half of each row goes.",
  changes: [
    ["start < row + columns; start += 4", "start < row + columns; start += columns"],
    ["Math.min(4, row + columns - start)", "columns"],
    ["group.slice(0, 2)", "group.slice(0, Math.ceil(columns / 2))"],
  ],
  caughtBy: [
    "keeps the two largest magnitudes of every four",
    "begins a new group with each row",
    "lets the first of equal magnitudes stay",
  ],
  feedback: "Count the ones in each of your groups. Is it the same number everywhere?",
});
