import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "All layers count alike.",
  changes: [
    ["roundHalfToEven(sparsity * sizes[l]!)", "(sparsity * sizes.reduce((a, b) => a + b, 0)) / sizes.length"],
  ],
  caughtBy: [
    "finds the plan of the worked example, and those for other sizes",
    "removes enough weights",
    "finds no plan that promises a smaller loss",
  ],
  alsoFails: [
    "keeps the real network working where one sparsity for all does not",
    "takes the most there is where no plan removes enough",
  ],
  feedback:
    "Two layers at the same sparsity don't remove equally many weights. What does your count make of a small layer?",
});
