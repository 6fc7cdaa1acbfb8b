import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "Activations are spread around zero as weights are.",
  changes: [["(high - low) / 255", "(2 * Math.max(high, -low)) / 255"]],
  caughtBy: [
    "reproduces the worked example",
    "calibrates over all batches, with zero in the range",
    "calibrates each tensor over all of its batches",
    "keeps zero in every range, and handles tensors that were always zero",
  ],
  alsoFails: ["rounds ties to even, and clips what an int32 can't hold"],
  feedback: "After a ReLU no number is negative. How many of your codes stand for negative ones?",
});
