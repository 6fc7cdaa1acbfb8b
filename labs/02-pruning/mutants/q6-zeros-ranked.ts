import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "What is gone takes part in the ranking, with the value that it has.",
  changes: [["[...mask.keys()].filter((i) => mask[i] === 1)", "[...mask.keys()]"]],
  caughtBy: [
    "finds both masks of the worked example",
    "removes the exact count of what stands, round after round",
  ],
  alsoFails: ["goes back to the first weights exactly, and only where the mask stands"],
  feedback:
    "Among the weights that your second round removes are some that were gone already. Who takes part in the ranking?",
});
