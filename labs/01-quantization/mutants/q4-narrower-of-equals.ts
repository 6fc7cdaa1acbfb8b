import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Between equal errors the later range is as good.",
  changes: [["error < least", "error <= least"]],
  caughtBy: ["takes the wider of two equal ranges, and answers for zeros"],
  feedback: "Two ranges have exactly the same error. Which one do you return, and which one is asked for?",
});
