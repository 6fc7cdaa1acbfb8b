import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "The range goes from the smallest to the largest number.",
  changes: [
    ["let low = 0;", "let low = Number.POSITIVE_INFINITY;"],
    ["let high = 0;", "let high = Number.NEGATIVE_INFINITY;"],
  ],
  caughtBy: [
    "keeps zero in the range, and handles inputs that are all zero",

    "takes vectors on one side of zero, and single numbers",
  ],
  feedback: "All inputs on one side of zero: which code stands for 0 then?",
});
