import { equivalents } from "edgelab/testing";

const firstMagnitude =
  "A magnitude is 0 or more, so that the first one takes the place of -1 as it does of 0. Only for no numbers at all would the two differ, and the question does not ask for that.";
const neverNegative =
  "A place is never negative, and neither is the number of weights: cut off or rounded down is the same.";

export default equivalents([
  {
    question: "q2",
    change: ["let largest = 0;", "let largest = -1;"],
    reason: firstMagnitude,
  },
  {
    question: "q3",
    change: ["let largest = 0;", "let largest = -1;"],
    reason: firstMagnitude,
  },
  {
    question: "q3",
    change: [
      "const scale = scales[Math.floor(i / perChannel)] ?? 1;",
      "const scale = scales[Math.trunc(i / perChannel)] ?? 1;",
    ],
    reason: neverNegative,
  },
  {
    question: "q3",
    change: [
      "return Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / length)] ?? 1));",
      "return Float32Array.from(codes, (code, i) => code * (scales[Math.trunc(i / length)] ?? 1));",
    ],
    reason: neverNegative,
  },
]);
