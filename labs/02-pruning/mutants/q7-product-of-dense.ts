import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "To multiply, one makes the matrix dense again.",
  changes: [["let sum = 0;", "let sum = 0;\n    for (const unread of x) sum += 0 * unread;"]],
  caughtBy: ["multiplies from the stored entries alone"],
  feedback:
    "Your product gives the right numbers, but it also reads inputs that no entry needs. How many multiplications does it save?",
});
