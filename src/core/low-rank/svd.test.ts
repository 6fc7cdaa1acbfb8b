import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, type Tensor, tensor } from "../tensor.js";
import fixtures from "./fixtures/low-rank.json" with { type: "json" };
import { fromSvd, type Svd, svd, truncate, truncatedSvd } from "./svd.js";

/** Two backward stable programs are each off by some max(m, n) · 2^-52 · σ₁. */
const slackOf = ({ shape }: Tensor, largest: number): number => 4 * Math.max(...shape) * 2 ** -52 * largest;

describe("svd", () => {
  for (const { name, matrix, singularValues } of fixtures.svd) {
    it(`gives LAPACK's singular values and a decomposition of the matrix: ${name}`, () => {
      const a = tensor(matrix.shape, matrix.data);
      const ours = svd(a);
      const slack = slackOf(a, singularValues[0]!);
      expectClose(ours.singularValues, singularValues, slack);
      expectClose(fromSvd(ours).data, a.data, slack);
      expectOrthonormal(ours);
    });
  }

  it("gives a decomposition for any matrix of small integers, of full rank or not", () => {
    const size = fc.integer({ min: 1, max: 7 });
    const matrix = fc
      .tuple(size, size)
      .chain(([rows, columns]) =>
        fc
          .array(fc.integer({ min: -3, max: 3 }), { minLength: rows * columns, maxLength: rows * columns })
          .map((data) => tensor([rows, columns], data)),
      );
    fc.assert(
      fc.property(matrix, (a) => {
        const ours = svd(a);
        const slack = slackOf(a, ours.singularValues[0]!);
        expectClose(fromSvd(ours).data, a.data, slack);
        expectOrthonormal(ours);
        ours.singularValues.forEach((s, i) => {
          expect(s).to.be.within(0, ours.singularValues[i - 1] ?? s);
        });
      }),
    );
  });

  it("turns each pair of vectors so that the largest entry of u is positive, the first of several", () => {
    const { u, v } = svd(tensor([2, 2], [-3, 0, 0, -2]));
    expect([...u.data]).to.deep.equal([1, 0, 0, 1]);
    expect([...v.data]).to.deep.equal([-1, 0, 0, -1]);
    const even = svd(tensor([2, 1], [-1, -1]));
    expect(even.u.data[0]).to.be.above(0);
    expect(even.v.data[0]).to.equal(-1);
  });

  it("gives the transposed decomposition for the transposed matrix", () => {
    const a = normalTensor(seeded("a"), [5, 3]);
    const turned = tensor(
      [3, 5],
      Float32Array.from(a.data, (_, i) => a.data[(i % 5) * 3 + Math.floor(i / 5)]!),
    );
    const [one, other] = [svd(a), svd(turned)];
    expectClose(one.singularValues, other.singularValues, slackOf(a, one.singularValues[0]!));
  });

  it("takes a kernel of 1568 × 64, and gives the same numbers each time", () => {
    const a = normalTensor(seeded("wide"), [1568, 64]);
    const ours = svd(a);
    expect(ours.u.shape).to.deep.equal([1568, 64]);
    expect(ours.v.shape).to.deep.equal([64, 64]);
    expectClose(fromSvd(ours).data, a.data, slackOf(a, ours.singularValues[0]!));
    expect(svd(a).v.data.every((x, i) => x === ours.v.data[i])).to.equal(true);
  });

  it("ends for kernels whose columns repeat, or are all alike, and keeps its vectors orthogonal", () => {
    for (const repeats of [1, 8]) {
      const rows = 784;
      const columns = 128;
      const data = Float32Array.from({ length: rows * columns }, (_, at) =>
        repeats === 1 ? 0.1 : Math.sin((at % columns) % repeats) * Math.cos(Math.floor(at / columns)),
      );
      const { u, singularValues, v } = svd({ shape: [rows, columns], data });
      // Both matrices have rank 1: the first singular value is the matrix's length, a sum of rows · columns squares,
      // and of the others is left what float32 entries differ from rank 1.
      const length = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
      expect(singularValues[0]).to.be.closeTo(length, rows * columns * 2 ** -52 * length);
      expect(singularValues[1]).to.be.below(rows * 2 ** -24 * length);
      for (const { shape, data: columnsOf } of [u, v]) {
        for (const [a, b] of [
          [0, 1],
          [1, 2],
          [63, 127],
          [127, 127],
        ] as const) {
          let product = 0;
          for (let i = 0; i < shape[0]!; i++)
            product += columnsOf[i * columns + a]! * columnsOf[i * columns + b]!;
          expect(product).to.be.closeTo(Number(a === b), rows * 2 ** -50);
        }
      }
    }
  });

  it("refuses what is no finite matrix, and one whose singular values overflow", () => {
    expect(() => svd(tensor([4], [1, 2, 3, 4]))).to.throw(LabError, "got [4]");
    expect(() => svd(tensor([1, 2, 2], [1, 2, 3, 4]))).to.throw(LabError, "got [1, 2, 2]");
    expect(() => svd(tensor([0, 3], []))).to.throw(LabError, "no elements");
    expect(() => svd(tensor([1, 2], [0, Number.NaN]))).to.throw(LabError, ", at index 1");
    expect(() => svd(tensor([1, 2], [0, Number.NEGATIVE_INFINITY]))).to.throw(LabError, "-Infinity");
    expect(() => svd({ shape: [2, 2], data: new Float32Array(3) })).to.throw(LabError, "holds 4");
    expect(() => svd(tensor([2, 2], new Float64Array(4).fill(1.7e308)))).to.throw(LabError, "singular value");
  });

  it("leaves its input alone", () => {
    const a = tensor([2, 2], [1, 2, 3, 4]);
    svd(a);
    expect([...a.data]).to.deep.equal([1, 2, 3, 4]);
  });
});

describe("truncatedSvd", () => {
  it("gives LAPACK's nearest matrix of a rank, and its distance", () => {
    for (const { matrix, singularValues, rank, near, error } of fixtures.svd) {
      const a = tensor(matrix.shape, matrix.data);
      const ours = fromSvd(truncatedSvd(a, rank));
      const [largest, last, next] = [
        singularValues[0]!,
        singularValues[rank - 1]!,
        singularValues[rank] ?? 0,
      ];
      const slack = slackOf(a, largest);
      expect(distance(ours.data, a.data)).to.be.closeTo(error, slack * Math.sqrt(a.data.length));
      // Wedin: the vectors turn by at most slack / gap, and the matrix moves by σ₁ times that.
      if (near) expectClose(ours.data, near, slack * (1 + (2 * largest) / (last - next)));
    }
  });

  it("is as far from the matrix as the singular values that it drops", () => {
    const a = normalTensor(seeded("drop"), [9, 6]);
    const whole = svd(a);
    for (let rank = 1; rank <= 6; rank++) {
      const dropped = Math.hypot(...whole.singularValues.slice(rank));
      const near = fromSvd(truncate(whole, rank));
      expect(distance(near.data, a.data)).to.be.closeTo(dropped, slackOf(a, whole.singularValues[0]!) * 9);
    }
  });

  it("refuses a rank that is no integer from 1 to the number of singular values", () => {
    const a = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    for (const rank of [0, 3, 1.5, Number.NaN]) {
      expect(() => truncatedSvd(a, rank)).to.throw(LabError, `from 1 to 2, got ${rank}`);
    }
  });
});

describe("truncate", () => {
  it("refuses parts that don't fit each other, and singular values that are not finite", () => {
    const whole = svd(tensor([3, 2], [1, 2, 3, 4, 5, 6]));
    const three = { ...whole, singularValues: Float64Array.of(3, 2, 1) };
    for (const rank of [1, 3]) expect(() => truncate(three, rank)).to.throw(LabError, "don't fit");
    const bad = { ...whole, singularValues: Float64Array.of(3, Number.NaN) };
    expect(() => truncate(bad, 1)).to.throw(LabError, "NaN in a singular value");
  });
});

describe("fromSvd", () => {
  it("refuses parts that don't fit each other", () => {
    const { u, singularValues, v } = svd(tensor([3, 2], [1, 2, 3, 4, 5, 6]));
    expect(() => fromSvd({ u, singularValues: singularValues.slice(0, 1), v })).to.throw(
      LabError,
      "don't fit",
    );
    expect(() => fromSvd({ u, singularValues, v: tensor([2, 1], Float64Array.of(1, 0)) })).to.throw(LabError);
  });

  it("refuses singular values that are not finite, and a product that overflows", () => {
    const { u, v } = svd(tensor([3, 2], [1, 2, 3, 4, 5, 6]));
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const bad = { u, singularValues: Float64Array.of(1, value), v };
      expect(() => fromSvd(bad)).to.throw(LabError, "a singular value, at index 1");
    }
    const huge = tensor([1, 1], Float64Array.of(1e200));
    expect(() => fromSvd({ u: huge, singularValues: Float64Array.of(1), v: huge })).to.throw(
      LabError,
      "Infinity in the product",
    );
  });
});

function expectOrthonormal({ u, v }: Svd): void {
  for (const { shape, data } of [u, v]) {
    const [rows, columns] = shape as [number, number];
    for (let a = 0; a < columns; a++) {
      for (let b = a; b < columns; b++) {
        let dot = 0;
        for (let i = 0; i < rows; i++) dot += data[i * columns + a]! * data[i * columns + b]!;
        expect(dot).to.be.closeTo(a === b ? 1 : 0, 16 * Math.max(rows, columns) * 2 ** -52);
      }
    }
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, slack: number): void {
  expect(actual.length).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).to.be.closeTo(expected[i]!, slack);
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const differences = Array.from(a, (x, i) => x - b[i]!);
  return Math.hypot(...differences);
}
