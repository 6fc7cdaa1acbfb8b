import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "Both factors get the singular values.",
  changes: [["Math.sqrt(s[j]!)", "s[j]!"]],
  caughtBy: [
    "splits the worked matrix into two factors",
    "multiplies back to the nearest matrix of that rank",
    "shares each singular value equally",
  ],
  feedback: "The product of your factors is too large. How often does each singular value occur in it?",
});
