import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "The error is the share of the singular values that are left out.",
  changes: [
    ["lost += sigma ** 2", "lost += sigma"],
    ["all += sigma ** 2", "all += sigma"],
    ["Math.sqrt(lost / all)", "lost / all"],
  ],
  caughtBy: [
    "says what the worked matrix loses",
    "predicts the error that the factors turn out to have",
    "finds the smallest rank that is near enough",
  ],
  feedback:
    "For the worked matrix your error is not the one that the four entries have. What is done to a number before it goes into a norm?",
});
