import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "Singular values are counted from 1.",
  changes: [["if (i >= rank)", "if (i > rank)"]],
  caughtBy: [
    "says what the worked matrix loses",
    "predicts the error that the factors turn out to have",
    "finds the smallest rank that is near enough",
  ],
  feedback: "Your error of rank 0 is not the whole matrix. Which is the first one that is lost?",
});
