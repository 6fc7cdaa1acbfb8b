import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "The lost share of the energy is the error.",
  changes: [["Math.sqrt(lost / all)", "lost / all"]],
  caughtBy: [
    "says what the worked matrix loses",
    "predicts the error that the factors turn out to have",
    "finds the smallest rank that is near enough",
  ],
  feedback: "Your error is too small. Is it a length, or the square of one?",
});
