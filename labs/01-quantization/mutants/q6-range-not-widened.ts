import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The range goes from the smallest to the largest number that was seen.",
  changes: [
    ["let low = 0;", "let low = Number.POSITIVE_INFINITY;"],
    ["let high = 0;", "let high = Number.NEGATIVE_INFINITY;"],
  ],
  caughtBy: [
    "reproduces the worked example",
    "calibrates over all batches, with zero in the range",
    "keeps zero in every range, and handles tensors that were always zero",
  ],
  feedback: "A tensor whose numbers are all positive: which code stands for the zeros that padding adds?",
});
