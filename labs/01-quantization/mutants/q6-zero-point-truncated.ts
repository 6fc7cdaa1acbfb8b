import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The zero point is what is left when the fraction is cut off.",
  changes: [["roundHalfToEven(-low / scale)", "Math.trunc(-low / scale)"]],
  caughtBy: ["calibrates each tensor over all of its batches"],
  alsoFails: [
    "reproduces the worked example",
    "calibrates over all batches, with zero in the range",
    "keeps zero in every range, and handles tensors that were always zero",
  ],
  feedback: "How does -min/scale become an integer?",
});
