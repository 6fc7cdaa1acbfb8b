import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The multiplier's fraction can be cut off.",
  changes: [["real * 2 ** (31 - shift) + 0.5", "real * 2 ** (31 - shift)"]],
  caughtBy: [
    "writes a factor as an integer and a shift",
    "rounds the multiplier to the nearest integer, up to the very end",
  ],
  alsoFails: ["uses all 31 bits, for small factors and large ones"],
  feedback: "Your multiplier is never too large, but often too small. What is asked for?",
});
