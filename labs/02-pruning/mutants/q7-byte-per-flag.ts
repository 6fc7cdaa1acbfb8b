import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A flag that says whether something is there takes a byte.",
  changes: [["Math.ceil(n / 8)", "n"]],
  caughtBy: ["counts the bytes of the worked matrix", "counts the bytes of matrices of any size"],
  feedback: "Your bitmap is about eight times too long. How many flags fit into one byte?",
});
