import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "The largest number is the one farthest from zero.",
  changes: [["Math.max(largest, Math.abs(value))", "Math.max(largest, value)"]],
  caughtBy: ["reproduces the worked example", "takes the scale from the number that lies farthest from zero"],
  feedback: "Try data whose most negative number is larger in size than its most positive one.",
});
