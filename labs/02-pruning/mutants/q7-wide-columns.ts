import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Two bytes for a column are always right.",
  changes: [["const narrow = columns <= 256", "const narrow = columns < 1"]],
  caughtBy: [
    "stores the worked matrix in both formats",
    "stores rows that are empty and rows that are full",
    "gives each row the narrowest column numbers that suffice",
    "drops zeros of both signs, and nothing else",
  ],
  feedback:
    "Your column numbers are right, and some take more bytes than they need. How large is the largest?",
});
