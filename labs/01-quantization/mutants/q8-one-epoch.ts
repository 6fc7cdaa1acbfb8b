import { mutant } from "edgelab/testing";

export default mutant("q8", {
  misconception: "One pass over the examples is the training.",
  changes: [["epoch < epochs", "epoch < Math.min(epochs, 1)"]],
  caughtBy: ["adds up many steps, batch after batch"],
  alsoFails: ["saves a network that rounding ruins"],
  feedback: "How often does your loop go over the examples?",
});
