import { mutant } from "edgelab/testing";

export default mutant("q2", {
  misconception: "A tie goes to the integer farther from zero, as taught in school.",
  changes: [["roundHalfToEven(value / scale)", "Math.sign(value) * Math.round(Math.abs(value / scale))"]],
  caughtBy: ["sends ties where the specification does, on both sides of zero"],
  feedback: "Ties. Your rounding treats both sides of zero alike. Does it also send as many down as up?",
});
