import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "31 bits behind the point are enough for any factor.",
  changes: [["Math.floor(Math.log2(real)) + 1", "0"]],
  caughtBy: [
    "writes a factor as an integer and a shift",
    "uses all 31 bits, for small factors and large ones",
    "rounds the multiplier to the nearest integer, up to the very end",
  ],
  feedback: "Look at the multipliers of small factors. How many of their 31 bits say something?",
});
