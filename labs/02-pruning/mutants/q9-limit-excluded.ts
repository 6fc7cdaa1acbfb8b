import { mutant } from "edgelab/testing";

export default mutant("q9", {
  misconception: "The error must be below the limit.",
  changes: [["relativeError(s, rank) > limit", "relativeError(s, rank) >= limit && rank < s.length"]],
  caughtBy: ["finds the smallest rank that is near enough"],
  feedback: "Look at a rank whose error is exactly the limit. Is it allowed?",
});
