import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "Codes go up to 255, however many bits there are.",
  changes: [["const top = 2 ** bits - 1;", "const top = 2 ** 8 - 1;"]],
  caughtBy: ["saturates outside of the range"],
  feedback: "With fewer bits than 8, which codes are there?",
});
