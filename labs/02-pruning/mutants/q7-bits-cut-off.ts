import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Bits that fill no whole byte need no room.",
  changes: [["Math.ceil(n / 8)", "Math.floor(n / 8)"]],
  caughtBy: ["counts the bytes of the worked matrix", "counts the bytes of matrices of any size"],
  feedback: "Look at a matrix whose elements are no multiple of eight. Where do the last ones go?",
});
