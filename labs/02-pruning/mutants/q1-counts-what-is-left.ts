import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Sparsity is the share of weights that are left.",
  changes: [["weight === 0)", "weight !== 0)"]],
  caughtBy: [
    "reproduces the worked example",
    "counts every zero, whatever its sign",
    "measures the sparsity of drawn weights",
  ],
  feedback: "What is the sparsity of weights that are all 0: nothing, or everything?",
});
