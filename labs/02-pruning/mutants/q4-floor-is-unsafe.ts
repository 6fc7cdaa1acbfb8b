import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "An accuracy equal to the floor is below it.",
  changes: [["accuracy < floor", "accuracy <= floor"]],
  caughtBy: ["walks to the floor, and not beyond", "stops before the first accuracy below the floor"],
  feedback:
    "One of your answers stops too early. What does the text say of an accuracy that equals the floor?",
});
