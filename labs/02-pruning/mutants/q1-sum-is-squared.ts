import { mutant } from "edgelab/testing";

export default mutant("q1", {
  misconception: "The changes add up first, and their sum is squared.",
  changes: [
    ["error += weight ** 2 * (power[i] ?? 0);", "error += weight * Math.sqrt(power[i] ?? 0);"],
    ["return error;", "return error ** 2;"],
  ],
  caughtBy: [
    "reproduces the worked example",
    "expects the change that the output has on average over all signs of the inputs",
  ],
  feedback:
    "Inputs of changing sign let products of two different inputs cancel. What is left of the square?",
});
