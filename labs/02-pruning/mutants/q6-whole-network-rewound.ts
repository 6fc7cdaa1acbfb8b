import { mutant } from "edgelab/testing";

export default mutant("q6", {
  misconception: "To rewind is to take all first weights back.",
  changes: [["(mask[i] === 1 ? weight : 0)", "(i < mask.length ? weight : 0)"]],
  caughtBy: [
    "rewinds the worked example, and fills its mask with other values",
    "goes back to the first weights exactly, and only where the mask stands",
  ],
  feedback: "Your ticket has all of its weights. What became of the mask?",
});
