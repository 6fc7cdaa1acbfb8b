import { mutant } from "edgelab/testing";

export default mutant("q7", {
  misconception: "A number below a millionth is as good as 0.",
  changes: [
    ["data.filter((value) => value !== 0)", "data.filter((value) => Math.abs(value) > 1e-6)"],
    ["if (value !== 0) bits", "if (Math.abs(value) > 1e-6) bits"],
    ["if (value !== 0) {", "if (Math.abs(value) > 1e-6) {"],
  ],
  caughtBy: ["drops zeros of both signs, and nothing else"],
  feedback: "Some stored numbers are missing. Which elements may be left out, and which may not?",
});
