import { question, record, sameIntegers, typedArray, within } from "edgelab/testing";

/** The worked example: three rows of four. */
const matrix = Float32Array.of(0, 5, 0, 0, 0, 0, 0, 0, 7, 0, 0, -2);

export default question("q7", ({ student, test }) => {
  test(
    2,
    "stores the worked matrix in both formats",
    async () => {
      const bitmap = record(await student.call("encodeBitmap", matrix), ["bits", "values"], "encodeBitmap");
      sameIntegers(typedArray(bitmap.bits, Uint8Array, 2, "bits"), [2, 9], "bits");
      within(typedArray(bitmap.values, Float32Array, 3, "values"), [5, 7, -2], 0, "values");
      const csr = record(
        await student.call("encodeCsr", matrix, 4),
        ["starts", "columns", "values"],
        "encodeCsr",
      );
      sameIntegers(typedArray(csr.starts, Uint32Array, 4, "starts"), [0, 1, 1, 3], "starts");
      sameIntegers(typedArray(csr.columns, Uint8Array, 3, "columns"), [1, 0, 3], "columns");
      within(typedArray(csr.values, Float32Array, 3, "CSR values"), [5, 7, -2], 0, "CSR values");
    },
    { hint: "Go through the worked example element by element. Which array differs first, and where?" },
  );

  test(
    1,
    "counts the bytes of the worked matrix",
    async () => {
      within(await student.call("bitmapBytes", 12, 3, 4), 14, 0, "bitmap of float32, in bytes");
      within(await student.call("bitmapBytes", 12, 3, 1), 5, 0, "bitmap of int8, in bytes");
      within(await student.call("csrBytes", 3, 4, 3, 4), 31, 0, "CSR of float32, in bytes");
      within(await student.call("csrBytes", 3, 4, 3, 1), 22, 0, "CSR of int8, in bytes");
    },
    { hint: "Count the parts of the table one by one: bits, starts, columns, values." },
  );

  test(
    1,
    "multiplies the worked matrix with a vector",
    async () => {
      const csr = {
        starts: Uint32Array.of(0, 1, 1, 3),
        columns: Uint8Array.of(1, 0, 3),
        values: Float32Array.of(5, 7, -2),
      };
      const y = await student.call("csrTimesVector", csr, Float32Array.of(1, 2, 3, 4));
      within(typedArray(y, Float32Array, 3, "csrTimesVector"), [10, 0, -1], 0, "product");
    },
    { hint: "Which entries does row 2 have, and which number of x does each of them meet?" },
  );
});
