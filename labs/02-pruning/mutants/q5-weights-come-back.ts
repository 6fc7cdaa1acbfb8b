import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "Each mask is made from the magnitudes alone.",
  changes: [
    ["[...weights.keys()].filter((i) => mask[i] === 1)", "[...weights.keys()]"],
    ["const next = mask.slice();", "const next = new Uint8Array(mask.length).fill(1);"],
  ],
  caughtBy: [
    "prunes the eight weights of the worked example",
    "removes the exact count of smallest standing weights, update after update",
    "leaves alone what is gone, whatever the array holds there",
  ],
  alsoFails: [
    "takes the same training steps as the text describes",
    "gives a network with exactly that sparsity, which works on new examples",
    "returns as many zeros as the schedule ends with",
  ],
  feedback:
    "A weight that was gone stands again in your mask. What is its magnitude compared with the others, and should that matter?",
});
