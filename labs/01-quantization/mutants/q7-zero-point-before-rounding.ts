import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "It makes no difference whether the zero point is added before or after rounding.",
  changes: [["roundHalfToEven(value / scale) + zeroPoint", "roundHalfToEven(value / scale + zeroPoint)"]],
  caughtBy: ["rounds ties as the specification does, and saturates"],
  feedback: "Look at an input that lies in the middle between two steps when the zero point is odd.",
});
