import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The last batch of calibration decides.",
  changes: [["for (const batch of seen) {", "for (const batch of seen) {\n      low = 0;\n      high = 0;"]],
  caughtBy: [
    "reproduces the worked example",
    "calibrates over all batches, with zero in the range",
    "calibrates each tensor over all of its batches",
    "keeps zero in every range, and handles tensors that were always zero",
  ],
  feedback: "What do you still know of the first batch when the last one is through?",
});
