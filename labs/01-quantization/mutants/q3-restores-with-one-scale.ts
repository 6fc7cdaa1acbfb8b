import { mutant } from "edgelab/testing";

export default mutant("q3", {
  misconception: "One scale is enough on the way back.",
  changes: [["(scales[Math.floor(i / length)] ?? 1)", "Math.max(...scales)"]],
  caughtBy: [
    "reproduces the worked example",
    "restores each channel with the scale that is given for it",
    "keeps every channel within half of its own step",
  ],
  feedback: "Your codes are right, and the restored weights are not. Which scale does the way back use?",
});
