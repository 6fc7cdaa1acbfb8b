import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "A ReLU cuts at 0.",
  changes: [["relu ? zeroPoint : -128", "relu ? 0 : -128"]],
  caughtBy: [
    "gives the codes of the worked example, with a ReLU and without",
    "gives the library's codes, clamped to what the output can be",
  ],
  feedback: "With a ReLU, which code stands for 0 in the output?",
});
