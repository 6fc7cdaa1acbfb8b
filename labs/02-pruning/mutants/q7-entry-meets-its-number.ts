import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "Entry number e is multiplied with x number e.",
  changes: [["x[columns[e]!]!", "x[e]!"]],
  caughtBy: ["multiplies the worked matrix with a vector", "multiplies from the stored entries alone"],
  feedback:
    "Which element of x does an entry meet: one that depends on where it is stored, or on where it belongs?",
});
