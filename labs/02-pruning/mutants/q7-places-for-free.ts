import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Half of the values means half of the bytes.",
  changes: [["nonzeros * (columnBytes + valueBytes)", "nonzeros * valueBytes"]],
  caughtBy: ["counts the bytes of the worked matrix", "counts the bytes of matrices of any size"],
  feedback: "Your CSR has values and starts. How does a reader know which columns the values belong to?",
});
