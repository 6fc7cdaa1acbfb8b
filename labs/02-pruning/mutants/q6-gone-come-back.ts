import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The mask is made anew from the trained magnitudes.",
  changes: [["const next = mask.slice();", "const next = new Uint8Array(mask.length).fill(1);"]],
  caughtBy: [
    "finds both masks of the worked example",
    "removes the exact count of what stands, round after round",
    "goes back to the first weights exactly, and only where the mask stands",
  ],
  feedback: "In round 2 weights stand that were gone in round 1. What do you start the new mask from?",
});
