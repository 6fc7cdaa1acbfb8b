import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Each layer is pruned to the same sparsity.",
  changes: [
    [
      "let plans: number[][] = [[]];",
      "const plans = scans[0]!.sparsities.map((_, i) => scans.map(({ sparsities }) => sparsities[i]!));",
    ],
    [
      "  for (const { sparsities } of scans) {\n    plans = plans.flatMap((plan) => sparsities.map((sparsity) => [...plan, sparsity]));\n  }\n",
      "",
    ],
  ],
  caughtBy: [
    "finds the plan of the worked example, and those for other sizes",
    "finds no plan that promises a smaller loss",
    "keeps the real network working where one sparsity for all does not",
  ],
  feedback:
    "In all of your plans the layers move together. May one layer stay whole while another loses almost everything?",
});
