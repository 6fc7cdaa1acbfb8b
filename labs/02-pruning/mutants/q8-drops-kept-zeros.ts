import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "A zero never has to be stored.",
  changes: [["mask[i] === 1);", "mask[i] === 1 && weights[i] !== 0);"]],
  caughtBy: ["packs any two of four, and finds them again"],
  feedback:
    "One of your groups has fewer values than the others. How does a reader know where the next group begins?",
});
