import { equivalents } from "edgelab/testing";

const zeroIsGone =
  "The line above has answered where the first accuracy is below the floor: here the place is never 0, so that below 0, at most 0 and below 1 are the same.";

const neverNegative = "A place is never negative: cut off or rounded down is the same.";
const lostOutside = "A typed array has no such places: what is written there is lost.";

export default equivalents([
  {
    question: "q3",
    change: [
      "const readers = Array.from({ length: outputs }, (_, o) => keep.map((c) => o * channels + c)).flat();",
      "const readers = Array.from({ length: outputs + 1 }, (_, o) => keep.map((c) => o * channels + c)).flat();",
    ],
    reason:
      "The blocks of one output more would lie behind the end of the weights: each is an empty part of the array, and adds nothing.",
  },
  {
    question: "q4",
    change: [
      "return scan.sparsities.at(firstBelow < 0 ? -1 : firstBelow - 1)!;",
      "return scan.sparsities.at(firstBelow <= 0 ? -1 : firstBelow - 1)!;",
    ],
    reason: zeroIsGone,
  },
  {
    question: "q4",
    change: [
      "return scan.sparsities.at(firstBelow < 0 ? -1 : firstBelow - 1)!;",
      "return scan.sparsities.at(firstBelow < 1 ? -1 : firstBelow - 1)!;",
    ],
    reason: zeroIsGone,
  },
  {
    question: "q4",
    change: [
      "if (removed < toRemove || loss >= least) continue;",
      "if (removed < toRemove || (loss > least)) continue;",
    ],
    reason: "Takes the last of equally good plans instead of the first. The question takes any of them.",
  },
  {
    question: "q5",
    change: [
      "const done = Math.min(Math.floor((step - begin) / every), updates);",
      "const done = Math.min(Math.trunc((step - begin) / every), updates);",
    ],
    reason:
      "Steps before begin have been answered: the quotient is never negative, and cut off or rounded down is the same.",
  },
  {
    question: "q7",
    change: [
      "if (value !== 0) bits[Math.floor(i / 8)]! += 2 ** (i % 8);",
      "if (value !== 0) bits[Math.trunc(i / 8)]! += 2 ** (i % 8);",
    ],
    reason: neverNegative,
  },
  {
    question: "q7",
    change: [
      "starts[Math.floor(i / columns) + 1] = values.length;",
      "starts[Math.trunc(i / columns) + 1] = values.length;",
    ],
    reason: neverNegative,
  },
  {
    question: "q7",
    change: ["for (let row = 0; row < y.length; row++) {", "for (let row = -1; row < y.length; row++) {"],
    reason:
      "There is no start number -1, so that no entry is read, and a typed array has no place -1 to write to.",
  },
  {
    question: "q7",
    change: ["for (let row = 0; row < y.length; row++) {", "for (let row = 0; row <= y.length; row++) {"],
    reason: "Behind the last row there is no end, so that no entry is read, and no place of y to write to.",
  },
  {
    question: "q8",
    change: [
      "for (let row = 0; row < weights.length; row += columns) {",
      "for (let row = 0; row <= weights.length; row += columns) {",
    ],
    reason: lostOutside,
  },
  {
    question: "q8",
    change: [
      "for (let start = row; start < row + columns; start += 4) {",
      "for (let start = row; start <= row + columns; start += 4) {",
    ],
    reason: "Where the row ends with a whole group, one more group begins, and has no weights.",
  },
  {
    question: "q8",
    change: [
      "const indices = new Uint8Array(Math.ceil(values.length / 4));",
      "const indices = new Uint8Array(Math.round(values.length / 4));",
    ],
    reason: "There are two values a group, so that the quotient is whole or ends in .5, which is rounded up.",
  },
  {
    question: "q8",
    change: [
      "indices[Math.floor(next / 4)]! += (i % 4) * 4 ** (next % 4);",
      "indices[Math.trunc(next / 4)]! += (i % 4) * 4 ** (next % 4);",
    ],
    reason: neverNegative,
  },
  {
    question: "q8",
    change: ["const byte = indices[Math.floor(k / 4)]!;", "const byte = indices[Math.trunc(k / 4)]!;"],
    reason: neverNegative,
  },
  {
    question: "q8",
    change: [
      "const position = Math.floor(byte / 4 ** (k % 4)) % 4;",
      "const position = Math.trunc(byte / 4 ** (k % 4)) % 4;",
    ],
    reason: "A byte is never negative: cut off or rounded down is the same.",
  },
  {
    question: "q8",
    change: [
      "weights[4 * Math.floor(k / 2) + position] = value;",
      "weights[4 * Math.trunc(k / 2) + position] = value;",
    ],
    reason: neverNegative,
  },
  {
    question: "q9",
    change: ["for (let j = 0; j < rank; j++) {", "for (let j = -1; j < rank; j++) {"],
    reason:
      "What is written before the arrays is lost; what is written at the end of a row of A is overwritten by its last column.",
  },
  {
    question: "q9",
    change: [
      "for (let row = 0; row < rows; row++) a[row * rank + j] = u[row * k + j]! * share;",
      "for (let row = -1; row < rows; row++) a[row * rank + j] = u[row * k + j]! * share;",
    ],
    reason: lostOutside,
  },
  {
    question: "q9",
    change: [
      "for (let row = 0; row < rows; row++) a[row * rank + j] = u[row * k + j]! * share;",
      "for (let row = 0; row <= rows; row++) a[row * rank + j] = u[row * k + j]! * share;",
    ],
    reason: lostOutside,
  },
  {
    question: "q9",
    change: [
      "for (let column = 0; column < columns; column++) b[j * columns + column] = share * v[column * k + j]!;",
      "for (let column = 0; column <= columns; column++) b[j * columns + column] = share * v[column * k + j]!;",
    ],
    reason:
      "One place too many is the first of the next row of B, which is written after it, or lies behind the array.",
  },
]);
