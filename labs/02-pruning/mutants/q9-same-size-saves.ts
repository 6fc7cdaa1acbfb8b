import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "A product as large as the matrix is still worth it.",
  changes: [
    ["Math.ceil((rows * columns) / (rows + columns)) - 1", "Math.floor((rows * columns) / (rows + columns))"],
  ],
  caughtBy: ["knows from which rank on nothing is saved", "counts the weights of both factors"],
  feedback:
    "At one of your ranks, both factors together have exactly as many weights as the matrix. Is that fewer?",
});
