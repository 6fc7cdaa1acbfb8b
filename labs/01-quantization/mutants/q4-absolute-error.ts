import { mutant } from "edgelab/testing";

export default mutant("q4", {
  misconception: "The mean squared error is the mean size of the errors.",
  changes: [
    [
      "sum += (value - scale * (code - zeroPoint)) ** 2;",
      "sum += Math.abs(value - scale * (code - zeroPoint));",
    ],
  ],
  caughtBy: ["measures the error of the worked example", "measures rounding and clipping for 2 to 8 bits"],
  alsoFails: [
    "finds the range with the least error",
    "finds the least error of drawn activations",
    "takes the wider of two equal ranges, and answers for zeros",
  ],
  feedback: "An error of 3 counts as three errors of 1 in your mean. How much does it count in the formula?",
});
