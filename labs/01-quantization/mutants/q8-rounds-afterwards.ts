import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "Training goes on in float, and rounding comes at its end.",
  changes: [["lossGradient(rounded, x,", "lossGradient(rounded.length > 0 ? shadow : rounded, x,"]],
  caughtBy: [
    "takes the worked step",
    "takes one step with all examples",
    "adds up many steps, batch after batch",
  ],
  alsoFails: ["saves a network that rounding ruins"],
  feedback:
    "The loss that you train on never sees a rounded weight. Where does lossGradient get its weights from?",
});
