import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "B has the layout of V.",
  changes: [["b[j * columns + column]", "b[column * rank + j]"]],
  caughtBy: ["multiplies back to the nearest matrix of that rank", "shares each singular value equally"],
  feedback:
    "Your A is right. In which order do the entries of B lie in memory, if it has one row for each rank?",
});
