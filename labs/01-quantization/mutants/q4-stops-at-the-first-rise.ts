import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The error falls to one lowest point, so the search can stop where it rises.",
  changes: [["      best = tried;\n    }", "      best = tried;\n    } else break;"]],
  caughtBy: ["finds the least error of drawn activations"],
  alsoFails: ["finds the range with the least error"],
  feedback: "Draw the error over all the ranges. How many valleys does it have?",
});
