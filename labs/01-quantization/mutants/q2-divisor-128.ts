import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "An int8 reaches 128, so the scale divides by 128.",
  changes: [["largest / 127", "largest / 128"]],
  caughtBy: ["reproduces the worked example", "takes the scale from the number that lies farthest from zero"],
  feedback: "Which code does the number farthest from zero get with your scale, and is there such a code?",
});
