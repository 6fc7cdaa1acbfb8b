import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Taking the step that costs least a weight, again and again, leads to the best plan.",
  changes: [
    [
      "  let plans: number[][] = [[]];\n  for (const { sparsities } of scans) {\n    plans = plans.flatMap((plan) => sparsities.map((sparsity) => [...plan, sparsity]));\n  }\n",
      "  const steps = scans.map(() => 0);\n  const planOf = () => scans.map(({ sparsities }, l) => sparsities[steps[l]!]!);\n  const plans = [planOf()];\n  for (let count = 1; count < scans.length * scans[0]!.sparsities.length - scans.length + 1; count++) {\n    const prices = scans.map(({ sparsities, accuracies }, l) => {\n      const at = steps[l]!;\n      if (at + 1 >= sparsities.length) return Infinity;\n      return (accuracies[at]! - accuracies[at + 1]!) / (sizes[l]! * (sparsities[at + 1]! - sparsities[at]!));\n    });\n    steps[prices.indexOf(Math.min(...prices))]! += 1;\n    plans.push(planOf());\n  }\n",
    ],
    [
      "if (removed < toRemove || loss >= least) continue;",
      "if (removed < toRemove || least < Infinity) continue;",
    ],
  ],
  caughtBy: ["finds no plan that promises a smaller loss"],
  alsoFails: ["finds the plan of the worked example, and those for other sizes"],
  feedback:
    "Each of your steps is the cheapest one, but their end is not the cheapest plan. Can a dearer first step save another one?",
});
