import { type Csr, encodeBitmap, encodeCsr } from "edgelab/core/pruning";
import { question, type Rng, record, sameIntegers, typedArray, within } from "edgelab/testing";

/** A matrix with about this share of zeros; whole numbers from -9 to 9, or real ones. */
function drawMatrix(rng: Rng, rows: number, columns: number, whole = false): Float32Array {
  return Float32Array.from({ length: rows * columns }, () => {
    if (rng.uniform(0, 1) < 0.6) return 0;
    const sign = rng.integer(0, 1) === 0 ? -1 : 1;
    return sign * (whole ? rng.integer(1, 9) : rng.uniform(0.01, 2));
  });
}

/** The same with the first, the last and a middle row empty, and the second and the last but one full. */
function drawExtremeRows(rng: Rng, rows: number, columns: number): Float32Array {
  const data = drawMatrix(rng, rows, columns);
  for (const row of [0, 3, rows - 1]) data.fill(0, row * columns, (row + 1) * columns);
  for (const row of [1, rows - 2]) {
    for (let i = row * columns; i < (row + 1) * columns; i++) data[i] = rng.uniform(0.5, 1);
  }
  return data;
}

export default question("q7", ({ student, rng, test }) => {
  async function sameBitmap(data: Float32Array): Promise<void> {
    const { bits, values } = encodeBitmap({ shape: [data.length], data });
    const answer = record(await student.call("encodeBitmap", data), ["bits", "values"], "encodeBitmap");
    sameIntegers(typedArray(answer.bits, Uint8Array, bits.length, "bits"), bits, "bits");
    within(typedArray(answer.values, Float32Array, values.length, "values"), values, 0, "values");
  }
  async function sameCsr(data: Float32Array, columns: number): Promise<void> {
    const { starts, places, values } = fieldsOf(encodeCsr({ shape: [data.length / columns, columns], data }));
    const keys = ["starts", "columns", "values"] as const;
    const answer = record(await student.call("encodeCsr", data, columns), keys, "encodeCsr");
    sameIntegers(typedArray(answer.starts, Uint32Array, starts.length, "starts"), starts, "starts");
    const kind = columns <= 256 ? Uint8Array : Uint16Array;
    const numbers = typedArray<Uint8Array | Uint16Array>(answer.columns, kind, places.length, "columns");
    sameIntegers(numbers, places, "columns");
    within(typedArray(answer.values, Float32Array, values.length, "values"), values, 0, "values");
  }
  async function timesVector(csr: Csr, x: Float32Array): Promise<Float32Array> {
    const { starts, places, values } = fieldsOf(csr);
    const y = await student.call("csrTimesVector", { starts, columns: places, values }, x);
    return typedArray(y, Float32Array, starts.length - 1, "csrTimesVector");
  }

  test(
    1,
    "counts the bytes of matrices of any size",
    async () => {
      for (const columns of [rng.integer(3, 200), 256, 257, rng.integer(300, 4000)]) {
        const rows = rng.integer(2, 60);
        const nonzeros = rng.integer(0, rows * columns);
        const columnBytes = columns <= 256 ? 1 : 2;
        for (const valueBytes of [1, 2, 4]) {
          const expected = 4 * (rows + 1) + (columnBytes + valueBytes) * nonzeros;
          const csr = await student.call("csrBytes", rows, columns, nonzeros, valueBytes);
          within(csr, expected, 0, "CSR, in bytes");
        }
      }
      for (const rest of [0, 1, 7]) {
        const n = 8 * rng.integer(10, 500) + rest;
        const bits = (n - rest) / 8 + (rest > 0 ? 1 : 0);
        const nonzeros = rng.integer(0, n);
        const bitmap = await student.call("bitmapBytes", n, nonzeros, 2);
        within(bitmap, bits + 2 * nonzeros, 0, "bitmap, in bytes");
      }
    },
    { hint: "A file has whole bytes. And what does the width of a row change?" },
  );

  test(
    1,
    "marks every element that is not 0, and keeps its value",
    async () => {
      for (const length of [8 * rng.integer(4, 9), 8 * rng.integer(4, 9) + rng.integer(1, 7)]) {
        const data = drawMatrix(rng, 1, length);
        data[length - 1] = 1;
        await sameBitmap(data);
      }
      await sameBitmap(new Float32Array(11));
      await sameBitmap(new Float32Array(11).fill(0.5));
    },
    { hint: "For element i: which byte, and which bit of it? And the last element?" },
  );

  test(
    1,
    "stores rows that are empty and rows that are full",
    async () => {
      const [rows, columns] = [rng.integer(8, 11), rng.integer(5, 7)];
      await sameCsr(drawExtremeRows(rng, rows, columns), columns);
      await sameCsr(new Float32Array(3 * columns), columns);
    },
    { hint: "Where does a row without entries start, and where does the next one?" },
  );

  test(
    1,
    "gives each row the narrowest column numbers that suffice",
    async () => {
      for (const columns of [256, 257, rng.integer(500, 900)]) {
        const data = drawMatrix(rng, 2, columns);
        data[columns - 1] = 1;
        data[2 * columns - 1] = -1;
        await sameCsr(data, columns);
      }
    },
    { hint: "Which is the largest column number of a row of 256, and of one of 257?" },
  );

  test(
    1,
    "drops zeros of both signs, and nothing else",
    async () => {
      // Down to the smallest number that float32 has, 2^-149.
      const data = Float32Array.of(
        0,
        -0,
        2 ** -149,
        -(2 ** -149),
        -1e-20,
        0,
        1e-7,
        -0,
        rng.uniform(1e-9, 1e-8),
        3,
      );
      await sameBitmap(data);
      await sameCsr(data, 5);
    },
    { hint: "Is a very small number a zero? Is -0 one?" },
  );

  test(
    1,
    "multiplies from the stored entries alone",
    async () => {
      const [rows, columns] = [rng.integer(8, 11), rng.integer(9, 14)];
      // Whole numbers: all sums are exact, in whichever order they are taken, and in float32 too.
      const data = drawMatrix(rng, rows, columns, true);
      const unused = rng.integer(0, columns - 1);
      for (let row = 0; row < rows; row++) data[row * columns + unused] = 0;
      data.fill(0, columns, 2 * columns);
      const x = Float32Array.from({ length: columns }, () => rng.integer(-20, 20));
      const expected = Array.from({ length: rows }, (_, row) =>
        x.reduce((sum, value, column) => sum + value * (data[row * columns + column] ?? 0), 0),
      );
      const csr = encodeCsr({ shape: [rows, columns], data });
      within(await timesVector(csr, x), expected, 0, "product");
      x[unused] = Number.POSITIVE_INFINITY;
      within(await timesVector(csr, x), expected, 0, "product where an unused input is infinite");
    },
    { hint: "How many multiplications does your product do for a row without entries?" },
  );
});

function fieldsOf({ rowStarts, columns, values }: Csr) {
  return { starts: rowStarts, places: columns, values };
}
