import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "A typed array keeps values in its range by itself.",
  changes: [["Math.min(Math.max(code, 0), top)", "code"]],
  caughtBy: ["saturates outside of the range"],
  feedback: "A value outside of the range came back as a code from the other end.",
});
