import { mutant } from "edgelab/testing";

export default mutant("q5", {
  misconception: "A typed array keeps values in its range by itself.",
  changes: [
    ["return Math.min(Math.max(code, lowest), 127);", "return relu ? Math.max(code, lowest) : code;"],
  ],
  caughtBy: [
    "gives the codes of the worked example, with a ReLU and without",
    "gives the library's codes, clamped to what the output can be",
  ],
  feedback: "A value beyond the range came back with another sign. What does an Int8Array do with 130?",
});
