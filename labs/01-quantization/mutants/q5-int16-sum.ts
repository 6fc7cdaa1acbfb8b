import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "The accumulator is as wide as the products.",
  changes: [
    [
      "sum += (code - zeroPoint) * (weights[output * x.length + i] ?? 0);",
      "sum = ((sum + (code - zeroPoint) * (weights[output * x.length + i] ?? 0)) << 16) >> 16;",
    ],
  ],
  caughtBy: ["holds sums that no int16 holds"],
  alsoFails: ["adds up layers of any shape"],
  feedback: "Long sums come back with other signs. How many products fit into your accumulator?",
});
