import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { bytes, int32 } from "./fixtures/tensors.js";
import { matmulFloat, matmulInt8, matmulPacked, packMatrix } from "./matmul.js";
import type { ByteTensor } from "./network.js";

const signed = (shape: number[], ...codes: number[]): ByteTensor => ({ shape, data: Int8Array.from(codes) });

describe("matmulInt8", () => {
  for (const { name, a, b, aZero, bZeros, c } of engines.matmulInteger) {
    it(`gives ONNX Runtime's MatMulInteger: ${name}, zero points ${aZero} and ${bZeros}`, () => {
      expect(matmulInt8(bytes(a), bytes(b), { aZero, bZeros })).to.deep.equal(int32(c));
    });
  }

  it("equals the sum of a b, and three corrections for the zero points", () => {
    const sizes = fc.record({ m: fc.nat(3), k: fc.nat(9), n: fc.nat(4) });
    const draws = fc.infiniteStream(fc.nat(255));
    fc.assert(
      fc.property(sizes, draws, fc.nat(255), fc.boolean(), fc.boolean(), (size, codes, zero, left, right) => {
        const [m, k, n] = [size.m + 1, size.k + 1, size.n + 1];
        const draw = (count: number) => Array.from({ length: count }, () => codes.next().value as number);
        const of = (isSigned: boolean, shape: number[], values: number[]) =>
          bytes({
            type: isSigned ? "int8" : "uint8",
            shape,
            data: values.map((x) => (isSigned ? x - 128 : x)),
          });
        const a = of(left, [m, k], draw(m * k));
        const b = of(right, [k, n], draw(k * n));
        const aZero = left ? zero - 128 : zero;
        const bZeros = draw(n).map((x) => (right ? x - 128 : x));
        expect([...matmulInt8(a, b, { aZero, bZeros }).data]).to.deep.equal(expanded(a, b, aZero, bZeros));
      }),
    );
  });

  it("is exact where every product is as large as it can be, up to the last k that fits", () => {
    const k = 33025;
    const a = { shape: [1, k], data: new Uint8Array(k) };
    const b = { shape: [k, 1], data: new Uint8Array(k).fill(255) };
    expect(matmulInt8(a, b, { aZero: 255 }).data[0]).to.equal(-(255 ** 2) * k);
    const both = matmulInt8(a, { shape: [k, 1], data: new Uint8Array(k) }, { aZero: 255, bZeros: 255 });
    expect(both.data[0]).to.equal(255 ** 2 * k);
  });

  it("refuses a k whose sums could leave int32, and says which k fits", () => {
    const long = (k: number) => ({ shape: [1, k], data: new Int8Array(k) });
    const tall = (k: number) => ({ shape: [k, 1], data: new Int8Array(k) });
    expect(matmulInt8(long(131071), tall(131071)).data[0]).to.equal(0);
    expect(() => matmulInt8(long(131072), tall(131072))).to.throw(LabError, "131071");
    expect(() => matmulInt8(long(33026), tall(33026), { aZero: 127, bZeros: -128 })).to.throw(
      LabError,
      "33025",
    );
  });

  it("refuses empty matrices, other element types, shapes that don't chain, and zero points that are no codes", () => {
    const [a, b] = [signed([1, 2], 1, 2), signed([2, 1], 3, 4)];
    const empty = { shape: [0, 2], data: new Int8Array() };
    const wide = { shape: [1, 2], data: new Int16Array(2) } as unknown as ByteTensor;
    expect(() => matmulInt8(empty, b)).to.throw(LabError, "a has no elements");
    expect(() => matmulInt8(wide, b)).to.throw(LabError, "Int16Array");
    expect(() => matmulInt8(a, a)).to.throw(LabError, "[1, 2] and [1, 2]");
    expect(() => matmulInt8(a, signed([2], 3, 4))).to.throw(LabError, "2 axes");
    expect(() => matmulInt8(a, b, { aZero: 128 })).to.throw(LabError, "128");
    expect(() => matmulInt8(a, b, { bZeros: 0.5 })).to.throw(LabError, "0.5");
    expect(() => matmulInt8(a, b, { bZeros: Number.NaN })).to.throw(LabError, "NaN");
    expect(() => matmulInt8(a, b, { bZeros: [0, 0] })).to.throw(LabError, "2 zero points of b");
    expect(() => matmulInt8({ shape: [2, 2], data: a.data }, b)).to.throw(LabError, "4 elements");
  });
});

describe("matmulPacked", () => {
  it("gives the products of many matrices with one that was packed once", () => {
    for (const { a, b, aZero, bZeros, c } of engines.matmulInteger) {
      const packed = packMatrix(bytes(b), bZeros);
      for (const _ of ["once", "again"]) {
        expect(matmulPacked(bytes(a), packed, { aZero })).to.deep.equal(int32(c));
      }
    }
  });

  it("refuses what matmulInt8 refuses", () => {
    const packed = packMatrix(signed([2, 1], 3, 4));
    expect(() => matmulPacked(signed([1, 3], 1, 2, 3), packed)).to.throw(LabError, "[1, 3] and [2, 1]");
    expect(() => matmulPacked(signed([1, 2], 1, 2), packed, { aZero: -129 })).to.throw(LabError, "-129");
    expect(() => packMatrix({ shape: [0, 1], data: new Int8Array() })).to.throw(LabError, "no elements");
  });
});

describe("matmulFloat", () => {
  it("gives the product of the integers that int8 codes are", () => {
    for (const { a, b, c } of engines.matmulInteger.filter((x) => x.aZero === 0 && x.bZeros.join() === "0")) {
      const float = ({ shape, data }: { shape: number[]; data: number[] }) => ({
        shape,
        data: Float32Array.from(data),
      });
      // Sums below 2^24 are exact in float32.
      expect([...matmulFloat(float(a), float(b)).data]).to.deep.equal(c.data);
    }
  });

  it("refuses shapes that don't chain", () => {
    const a = { shape: [1, 2], data: new Float32Array(2) };
    expect(() => matmulFloat(a, a)).to.throw(LabError, "[1, 2] and [1, 2]");
  });
});

/** Jacob et al., equation 7: Σab - z_b Σa - z_a Σb + k z_a z_b. */
function expanded(a: ByteTensor, b: ByteTensor, aZero: number, bZeros: number[]): number[] {
  const [m = 0, k = 0] = a.shape;
  return Array.from({ length: m }, (_, i) =>
    bZeros.map((bZero, j) => {
      const row = [...a.data.subarray(i * k, (i + 1) * k)];
      const column = row.map((_, p) => b.data[p * bZeros.length + j]!);
      const sum = (values: number[]) => values.reduce((x, y) => x + y, 0);
      const products = row.map((x, p) => x * column[p]!);
      return sum(products) - bZero * sum(row) - aZero * sum(column) + k * aZero * bZero;
    }),
  ).flat();
}
