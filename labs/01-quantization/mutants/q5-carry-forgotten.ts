import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "A fraction below 1 stays below 1 when it is rounded.",
  changes: [["if (multiplier === 2 ** 31) return { multiplier: 2 ** 30, shift: shift + 1 };\n", ""]],
  caughtBy: ["rounds the multiplier to the nearest integer, up to the very end"],
  feedback: "One of your multipliers is no int32. What does the fraction just below 1 round to?",
});
