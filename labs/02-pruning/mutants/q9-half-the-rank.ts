import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "A product saves as soon as the rank is below half of the full one.",
  changes: [
    ["Math.ceil((rows * columns) / (rows + columns)) - 1", "Math.ceil(Math.min(rows, columns) / 2) - 1"],
  ],
  caughtBy: ["knows from which rank on nothing is saved", "counts the weights of both factors"],
  feedback: "Count the weights of both factors for a layer that is much wider than high.",
});
