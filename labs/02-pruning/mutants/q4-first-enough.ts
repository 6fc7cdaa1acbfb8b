import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The first plan found that removes enough is the answer.",
  changes: [["|| loss >= least) continue;", "|| least < Infinity) continue;"]],
  caughtBy: ["finds no plan that promises a smaller loss"],
  alsoFails: [
    "finds the plan of the worked example, and those for other sizes",
    "keeps the real network working where one sparsity for all does not",
  ],
  feedback:
    "Your search stops at a plan that removes enough. Did you compare its loss with those of the others?",
});
