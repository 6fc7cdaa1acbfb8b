import { equivalents } from "edgelab/testing";

const firstMagnitude =
  "A magnitude is 0 or more, so that the first one takes the place of -1 as it does of 0. Only for no numbers at all would the two differ, and the question does not ask for that.";
const neverNegative =
  "A place is never negative, and neither is the number of weights: cut off or rounded down is the same.";

const lowerEnd =
  "The smallest input and the zero point are rounded alike, so that the smallest code is exactly 0: only the upper end can be left, by one.";

const firstMagnitudeOfChannel =
  "A magnitude is 0 or more, so that the first one takes the place of -1 as it does of 0, and no channel is empty.";
const calibrated = "Each tensor that a layer reads was calibrated: the other number is never taken.";

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
  {
    question: "q4",
    change: [
      "const code = Math.min(Math.max(roundHalfToEven(value / scale + zeroPoint), 0), top);",
      "const code = Math.min(Math.max(Math.round(value / scale + zeroPoint), 0), top);",
    ],
    reason:
      "They differ for ties alone, and a tie lies equally far from both codes: the squared error is the same. Half a step beyond the last code both are clamped to it.",
  },
  {
    question: "q5",
    change: [
      "const multiplier = Math.floor(real * 2 ** (31 - shift) + 0.5);",
      "const multiplier = Math.trunc(real * 2 ** (31 - shift) + 0.5);",
    ],
    reason: "The factor is above 0: cut off or rounded down is the same.",
  },
  { question: "q6", change: ["let largest = 0;", "let largest = -1;"], reason: firstMagnitudeOfChannel },
  {
    question: "q6",
    change: [
      "roundHalfToEven(weight / (scales[Math.floor(i / size)] ?? 1)),",
      "roundHalfToEven(weight / (scales[Math.trunc(i / size)] ?? 1)),",
    ],
    reason: "A place is never negative: cut off or rounded down is the same.",
  },
  {
    question: "q6",
    change: [
      "const inputScale = activations[input]?.scale ?? 1;",
      "const inputScale = activations[input]?.scale ?? 0;",
    ],
    reason: calibrated,
  },
  {
    question: "q6",
    change: [
      "const inputScale = activations[input]?.scale ?? 1;",
      "const inputScale = activations[input]?.scale ?? 2;",
    ],
    reason: calibrated,
  },
  {
    question: "q7",
    change: ["return Math.min(Math.max(code, 0), 255);", "return Math.min(code, 255);"],
    reason: lowerEnd,
  },
  {
    question: "q7",
    change: ["return Math.min(Math.max(code, 0), 255);", "return Math.min(Math.max(code, -1), 255);"],
    reason: lowerEnd,
  },
]);
