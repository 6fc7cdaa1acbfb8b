import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "Sparsity is the share of weights that are left.",
  changes: [["bit === 0)", "bit === 1)"]],
  caughtBy: ["reproduces the worked example", "reports the share of zeros of each layer"],
  feedback: "Which number should the report have for a layer that has vanished?",
});
