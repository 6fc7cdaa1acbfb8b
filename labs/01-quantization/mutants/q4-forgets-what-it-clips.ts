import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "Values beyond the range are gone, so they have no error.",
  changes: [
    ["    const code =", "    if (value < range.min || value > range.max) continue;\n    const code ="],
  ],
  caughtBy: [
    "measures the error of the worked example",
    "finds the range with the least error",
    "measures rounding and clipping for 2 to 8 bits",
    "finds the least error of drawn activations",
  ],
  alsoFails: ["takes the wider of two equal ranges, and answers for zeros"],
  feedback: "A value beyond the range costs nothing in your error. Then which range would always win?",
});
