import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "The largest weights go.",
  changes: [
    ["Math.abs(trained[a]!) - Math.abs(trained[b]!)", "Math.abs(trained[b]!) - Math.abs(trained[a]!)"],
  ],
  caughtBy: [
    "finds both masks of the worked example",
    "removes the exact count of what stands, round after round",
  ],
  alsoFails: ["goes back to the first weights exactly, and only where the mask stands"],
  feedback:
    "Look at what your first round removes in the worked example. Are these the weights that training made large, or small?",
});
