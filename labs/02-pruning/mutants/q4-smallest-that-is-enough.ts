import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The best plan removes no more than it must.",
  changes: [
    ["loss >= least) continue;", "removed >= least) continue;"],
    ["least = loss;", "least = removed;"],
    ["    const loss = predictedLoss(scans, plan);\n", ""],
  ],
  caughtBy: ["finds no plan that promises a smaller loss"],
  alsoFails: [
    "finds the plan of the worked example, and those for other sizes",
    "keeps the real network working where one sparsity for all does not",
  ],
  feedback: "Your plan removes hardly more than was asked for. Is that what makes a plan good?",
});
