import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The largest sparsity with an accuracy above the floor is safe, wherever it stands.",
  changes: [
    [
      "return scan.sparsities.at(firstBelow < 0 ? -1 : firstBelow - 1)!;",
      "return Math.max(...scan.sparsities.filter((_, i) => scan.accuracies[i]! >= floor));",
    ],
  ],
  caughtBy: ["walks to the floor, and not beyond", "stops before the first accuracy below the floor"],
  feedback:
    "Your answer lies behind a sparsity that fails. Can you walk there from 0 without falling below the floor?",
});
