import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "A weight at the limit is outside.",
  changes: [["w[i]! >= low && w[i]! <= high", "w[i]! > low && w[i]! < high"]],
  caughtBy: ["holds gradients back where the clamp is flat"],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "Look at a weight that lies exactly at the end of the range.",
});
