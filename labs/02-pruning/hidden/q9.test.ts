import { fromSvd, type Svd, svd, truncate } from "edgelab/core/low-rank";
import { question, type Rng, record, typedArray, within } from "edgelab/testing";

/** Rounding to float32, relative. */
const unit = 2 ** -24;

interface Drawn {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
  readonly whole: Svd;
}

function drawMatrix(rng: Rng, rows: number, columns: number): Drawn {
  const data = Float64Array.from({ length: rows * columns }, () => rng.normal());
  return { rows, columns, data, whole: svd({ shape: [rows, columns], data }) };
}

/** The product of a [rows, rank] and b [rank, columns]; with `size`, of their magnitudes. */
function product(a: Float32Array, b: Float32Array, rank: number, size = false): Float64Array {
  const columns = b.length / rank;
  return Float64Array.from({ length: (a.length / rank) * columns }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < rank; j++) {
      const term = (a[Math.floor(i / columns) * rank + j] ?? 0) * (b[j * columns + (i % columns)] ?? 0);
      sum += size ? Math.abs(term) : term;
    }
    return sum;
  });
}

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));

/** Singular values that fall, none near another one, the last one not near 0. */
function drawSpectrum(rng: Rng, count: number): Float64Array {
  let s = rng.uniform(0.2, 0.4);
  return Float64Array.from({ length: count }, () => {
    s += rng.uniform(0.2, 1);
    return s;
  }).reverse();
}

export default question("q9", ({ student, rng, test }) => {
  async function factorize({ rows, columns, whole }: Drawn, rank: number) {
    const answer = await student.call("factorize", whole.u.data, whole.singularValues, whole.v.data, rank);
    const { a, b } = record(answer, ["a", "b"], "factorize");
    return {
      a: typedArray(a, Float32Array, rows * rank, "a"),
      b: typedArray(b, Float32Array, rank * columns, "b"),
    };
  }

  test(
    1,
    "multiplies back to the nearest matrix of that rank",
    async () => {
      for (const [rows, columns] of [
        [rng.integer(8, 11), rng.integer(4, 6)],
        [rng.integer(4, 6), rng.integer(8, 11)],
      ] as const) {
        const drawn = drawMatrix(rng, rows, columns);
        for (const rank of [1, 3, Math.min(rows, columns)]) {
          const { a, b } = await factorize(drawn, rank);
          const expected = fromSvd(truncate(drawn.whole, rank)).data;
          // Each entry of a factor is rounded at most twice, the root and the product: four roundings a term,
          // each of one unit, and their products.
          const slack = product(a, b, rank, true).map((size) => 5 * unit * size);
          within(product(a, b, rank), expected, slack, "product of a and b");
        }
      }
    },
    { hint: "Write the sizes of U, V, A and B beside each other. Where is entry (i, j) of each in memory?" },
  );

  test(
    1,
    "shares each singular value equally",
    async () => {
      const drawn = drawMatrix(rng, rng.integer(6, 9), rng.integer(5, 7));
      const rank = 4;
      const { a, b } = await factorize(drawn, rank);
      for (let j = 0; j < rank; j++) {
        const sigma = drawn.whole.singularValues[j] ?? 0;
        const column = Float64Array.from(a.filter((_, i) => i % rank === j));
        const row = Float64Array.from(b.subarray(j * drawn.columns, (j + 1) * drawn.columns));
        // Vectors have length 1; two roundings of each entry.
        within(norm(column), Math.sqrt(sigma), 3 * unit * Math.sqrt(sigma), `length of column ${j} of a`);
        within(norm(row), Math.sqrt(sigma), 3 * unit * Math.sqrt(sigma), `length of row ${j} of b`);
      }
    },
    { hint: "How long is a column of A, and how long the row of B that it meets?" },
  );

  test(
    1,
    "predicts the error that the factors turn out to have",
    async () => {
      const drawn = drawMatrix(rng, rng.integer(7, 10), rng.integer(5, 6));
      const s = drawn.whole.singularValues;
      const k = s.length;
      for (const rank of [1, 2, k - 1]) {
        const kept = fromSvd(truncate(drawn.whole, rank)).data;
        const error = norm(drawn.data.map((x, i) => x - (kept[i] ?? 0))) / norm(drawn.data);
        // In float32: k + 1 roundings in each of two sums, then a division and a root.
        within(await student.call("relativeError", s, rank), error, (k + 4) * unit, "relative error");
      }
      within(await student.call("relativeError", s, 0), 1, 0, "relative error of rank 0");
      within(await student.call("relativeError", s, k), 0, 0, "relative error of the full rank");
      within(await student.call("relativeError", new Float64Array(3), 1), 0, 0, "relative error of zeros");
    },
    { hint: "Compute the norm of what is missing for a rank of your choice, entry by entry. Does it agree?" },
  );

  test(
    1,
    "counts the weights of both factors",
    async () => {
      const even = 2 * rng.integer(5, 40);
      for (const [rows, columns] of [
        [rng.integer(10, 90), rng.integer(10, 90)],
        [rng.integer(200, 900), rng.integer(10, 90)],
        [even, even],
        [1, rng.integer(5, 50)],
      ] as const) {
        let rank = 0;
        while ((rank + 1) * (rows + columns) < rows * columns) rank++;
        within(await student.call("breakEvenRank", rows, columns), rank, 0, "break-even rank");
      }
    },
    { hint: "At the rank that you answer, and at the next one: how many weights do the two factors have?" },
  );

  test(
    1,
    "finds the smallest rank that is near enough",
    async () => {
      const s = drawSpectrum(rng, rng.integer(6, 9));
      const all = norm(s);
      const errors = [...s.keys(), s.length].map((rank) => norm(s.subarray(rank)) / all);
      for (let rank = 1; rank <= s.length; rank++) {
        // Half-way between two errors: no rounding can change the answer.
        const limit = ((errors[rank] ?? 0) + (errors[rank - 1] ?? 0)) / 2;
        within(await student.call("rankForError", s, limit), rank, 0, "rank");
      }
      // Whole numbers whose sums and roots are exact: 3/5 is reached.
      within(await student.call("rankForError", Float64Array.of(4, 3), 0.6), 1, 0, "rank at the limit");
      within(await student.call("rankForError", s, 1), 0, 0, "rank for an error of 1");
      within(await student.call("rankForError", s, 0), s.length, 0, "rank for no error");
      within(await student.call("rankForError", new Float64Array(3), 0), 0, 0, "rank of zeros");
    },
    {
      hint: "Write down the error of rank 0, 1, 2, … in a row. Which is the first one that the limit allows?",
    },
  );
});
