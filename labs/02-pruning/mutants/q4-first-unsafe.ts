import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The answer is the sparsity at which the accuracy falls below the floor.",
  changes: [["firstBelow - 1", "firstBelow"]],
  caughtBy: ["walks to the floor, and not beyond", "stops before the first accuracy below the floor"],
  feedback: "The accuracy at the sparsity that you answer: on which side of the floor does it lie?",
});
