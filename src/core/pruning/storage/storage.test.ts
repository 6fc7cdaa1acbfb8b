import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import {
  decodeBitmap,
  decodeCsr,
  decodeRunLength,
  encodeBitmap,
  encodeCsr,
  encodeRunLength,
  type RunBits,
  storageReport,
} from "./index.js";

interface Case {
  readonly shape: number[];
  readonly x: number[];
  readonly values: number[];
}

const fixtures = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../fixtures/pruning.json"), "utf8"),
) as { csr: (Case & { rowStarts: number[]; columns: number[] })[]; bitmap: (Case & { bits: number[] })[] };

const vector = (...x: number[]): Tensor => ({ shape: [x.length], data: Float32Array.from(x) });
const bytesOf = (...arrays: ArrayBufferView[]): number =>
  arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** A quarter nonzero, with long runs of zeros. */
const sparse = fc
  .array(
    fc.record({
      zeros: fc.oneof(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 14, max: 50 }),
        fc.integer({ min: 254, max: 520 }),
      ),
      value: fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, NaN, Infinity)),
    }),
    { maxLength: 8 },
  )
  .map((parts) =>
    vector(...parts.flatMap(({ zeros, value }) => [...new Array<number>(zeros).fill(0), value])),
  );

const plain = (x: Tensor): number[] => [...x.data].map((v) => v + 0);

describe("a sparse tensor", () => {
  for (const { shape, x, bits, values } of fixtures.bitmap) {
    it(`has numpy's packed bits: [${shape}]`, () => {
      const encoded = encodeBitmap({ shape, data: Float32Array.from(x) });
      expect([...encoded.bits]).to.deep.equal(bits);
      expect([...encoded.values]).to.deep.equal(values);
    });
  }

  for (const { shape, x, rowStarts, columns, values } of fixtures.csr) {
    it(`has PyTorch's compressed rows: [${shape}]`, () => {
      const encoded = encodeCsr({ shape, data: Float32Array.from(x) });
      expect([...encoded.rowStarts]).to.deep.equal(rowStarts);
      expect([...encoded.columns]).to.deep.equal(columns);
      expect([...encoded.values]).to.deep.equal(values);
    });
  }

  it("has the runs that the EIE paper prints", () => {
    // Section III-B: [0,0,1,2,0,...,0 (18 zeros),3] is v = [1,2,0,3], z = [2,0,15,2].
    const x = vector(0, 0, 1, 2, ...new Array<number>(18).fill(0), 3);
    const { values, runs } = encodeRunLength(x, 4);
    expect([...values]).to.deep.equal([1, 2, 0, 3]);
    expect([...runs]).to.deep.equal([0x02, 0x2f]);
  });

  it("comes back from each format as it was", () => {
    const property = fc.property(sparse, (x) => {
      const expected = plain(x);
      expect(plain(decodeBitmap(encodeBitmap(x)))).to.deep.equal(expected);
      expect(plain(decodeCsr(encodeCsr(x)))).to.deep.equal(expected);
      for (const runBits of [4, 8] as const) {
        const back = decodeRunLength(encodeRunLength(x, runBits));
        expect(plain(back)).to.deep.equal(expected);
        expect(back.shape).to.deep.equal(x.shape);
      }
    });
    fc.assert(property);
  });

  it("comes back in its own type and shape", () => {
    const x = { shape: [2, 3], data: Int8Array.of(0, -128, 0, 0, 127, 0) };
    expect(decodeBitmap(encodeBitmap(x))).to.deep.equal(x);
    expect(decodeCsr(encodeCsr(x))).to.deep.equal(x);
    expect(decodeRunLength(encodeRunLength(x, 4))).to.deep.equal(x);
  });

  it("takes columns of 8, 16 or 32 bits, as the rows are long", () => {
    const columns = (width: number) =>
      encodeCsr({ shape: [1, width], data: new Float32Array(width).fill(1, width - 1) }).columns;
    expect(columns(256)).to.deep.equal(Uint8Array.of(255));
    expect(columns(257)).to.deep.equal(Uint16Array.of(256));
    expect(columns(65536)).to.deep.equal(Uint16Array.of(65535));
    expect(columns(65537)).to.deep.equal(Uint32Array.of(65536));
  });

  it("takes as many bytes as the report says", () => {
    const property = fc.property(
      sparse.filter(({ data }) => data.length > 0),
      (x) => {
        const bytes = Object.fromEntries(storageReport(x).formats.map((row) => [row.format, row.bytes]));
        const bitmap = encodeBitmap(x);
        const csr = encodeCsr(x);
        const runs = (bits: RunBits) => encodeRunLength(x, bits);
        expect(bytes).to.deep.equal({
          dense: bytesOf(x.data),
          bitmap: bytesOf(bitmap.bits, bitmap.values),
          csr: bytesOf(csr.rowStarts, csr.columns, csr.values),
          runLength4: bytesOf(runs(4).runs, runs(4).values),
          runLength8: bytesOf(runs(8).runs, runs(8).values),
        });
      },
    );
    fc.assert(property);
  });

  it("is smaller than the dense one above the break-even sparsity, and not below", () => {
    const elements = 64 * 64;
    const report = (nonzero: number, valueBits: number) => {
      const data = new Float32Array(elements);
      // Evenly spread, so no run needs padding up to a sparsity of 15/16.
      for (let i = 0; i < nonzero; i++) data[Math.floor((i * elements) / nonzero)] = 1;
      return storageReport({ shape: [64, 64], data }, valueBits).formats.filter(
        ({ format }) => format !== "dense",
      );
    };
    for (const valueBits of [4, 8, 16, 32]) {
      for (let nonzero = elements / 16; nonzero < elements; nonzero += 37) {
        for (const { format, ratio, breakEvenSparsity } of report(nonzero, valueBits)) {
          const beyond = (elements - nonzero) / elements - breakEvenSparsity;
          // Two streams are each filled up to a byte: up to 2 bytes in 2,048 or more, 0.1 %.
          if (Math.abs(beyond) > 0.001) expect(ratio > 1, `${format} ${nonzero}`).to.equal(beyond > 0);
        }
      }
    }
  });

  it("shows that half of the weights pruned is not half of the bytes", () => {
    const data = Float32Array.from({ length: 1024 }, (_, i) => i % 2);
    const { sparsity, formats } = storageReport({ shape: [32, 32], data });
    expect(sparsity).to.equal(0.5);
    // 512 values of 4 bytes, and 1 bit, 1 byte with 33 row starts of 4 bytes, half a byte, 1 byte.
    expect(formats.map(({ bytes }) => bytes)).to.deep.equal([
      4096,
      2048 + 128,
      2048 + 512 + 132,
      2048 + 256,
      2048 + 512,
    ]);
  });

  it("leaves the tensor alone, and holds no part of it", () => {
    const x = vector(0, 1, 2);
    const { values } = encodeBitmap(x);
    values[0] = 9;
    expect([...x.data]).to.deep.equal([0, 1, 2]);
  });

  const csr = {
    shape: [2, 2],
    rowStarts: Uint32Array.of(0, 1, 2),
    columns: Uint8Array.of(0, 1),
    values: vector(5, 6).data,
  };
  const bitmap = { shape: [4], bits: Uint8Array.of(0b11), values: vector(5, 6).data };
  const runs = { shape: [4], runBits: 8 as const, runs: Uint8Array.of(1, 1), values: vector(5, 6).data };
  const unfit: Tensor = { shape: [3], data: Float32Array.of(1) };
  const one = { rowStarts: Uint32Array.of(0, 1), values: vector(5).data };
  const columns = Uint32Array.of(3);
  // Where nothing is written, a buffer takes no memory yet.
  const wide = { shape: [2 ** 28 + 8], bits: new Uint8Array(2 ** 25 + 1), values: vector().data };
  const tooLarge = "would have 1099511627776 elements";
  const refusals: [string, () => unknown, string][] = [
    ["data that don't fit", () => encodeBitmap(unfit), "holds 3 elements"],
    ["data that don't fit rows", () => encodeCsr(unfit), "holds 3 elements"],
    ["data that don't fit runs", () => encodeRunLength(unfit, 4), "holds 3 elements"],
    ["an empty tensor", () => storageReport(vector()), "no elements"],
    ["values of no bits", () => storageReport(vector(1), 0), "valueBits must be an integer from 1 to 64"],
    ["runs of 5 bits", () => encodeRunLength(vector(1), 5 as 4), "runs of 5 bits are not stored here"],
    ["runs of 5 bits to decode", () => decodeRunLength({ ...runs, runBits: 5 as 4 }), "runs of 5 bits"],
    ["runs beyond the shape", () => decodeRunLength({ ...runs, shape: [3] }), "more elements than shape [3]"],
    ["too few runs", () => decodeRunLength({ ...runs, runs: Uint8Array.of(1) }), "must have the same length"],
    ["too few bits", () => decodeBitmap({ ...bitmap, shape: [9] }), "must have the same length, got 1 and 2"],
    ["more values than bits", () => decodeBitmap({ ...bitmap, bits: Uint8Array.of(1) }), "got 1 and 2"],
    ["more bits than values", () => decodeBitmap({ ...bitmap, bits: Uint8Array.of(7) }), "got 3 and 2"],
    ["too few rows", () => decodeCsr({ ...csr, shape: [3, 2] }), "must have the same length, got 3 and 4"],
    [
      "a column beyond the row",
      () => decodeCsr({ ...csr, columns: Uint8Array.of(0, 2) }),
      "don't hold 2 values in 2 columns",
    ],
    [
      "rows that start backwards",
      () => decodeCsr({ ...csr, rowStarts: Uint32Array.of(0, 3, 2) }),
      "rows that start at [0, 3, 2]",
    ],
    [
      "a column twice in a row",
      () => decodeCsr({ ...csr, rowStarts: Uint32Array.of(0, 2, 2), columns: Uint8Array.of(1, 1) }),
      "row 0 has column 1 after column 1",
    ],
    [
      "columns that fall",
      () => decodeCsr({ ...csr, rowStarts: Uint32Array.of(0, 0, 2), columns: Uint8Array.of(1, 0) }),
      "row 1 has column 0 after column 1",
    ],
    ["a shape too large for rows", () => decodeCsr({ ...one, columns, shape: [2 ** 40] }), tooLarge],
    ["a shape too large for runs", () => decodeRunLength({ ...runs, shape: [2 ** 40] }), tooLarge],
    ["a shape too large for bits", () => decodeBitmap(wide), "would have 268435464 elements"],
    [
      "values that are no typed array",
      () => decodeRunLength({ ...runs, values: [5, 6] as never }),
      "the values is an Array",
    ],
    ["no tensor", () => storageReport(undefined as never), "the tensor is undefined"],
    [
      "rows that end early",
      () => decodeCsr({ ...csr, rowStarts: Uint32Array.of(0, 1, 1) }),
      "rows that start at",
    ],
  ];
  for (const [what, work, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
