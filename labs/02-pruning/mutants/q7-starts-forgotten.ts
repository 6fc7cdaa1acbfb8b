import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "CSR has one start for each row.",
  changes: [["4 * (rows + 1)", "4 * rows"]],
  caughtBy: ["counts the bytes of the worked matrix", "counts the bytes of matrices of any size"],
  feedback: "Count the starts of the worked example, and its rows.",
});
