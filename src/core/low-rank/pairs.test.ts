import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, type Tensor, tensor } from "../tensor.js";
import { compose, magnitudes } from "./fixtures/compose.js";
import fixtures from "./fixtures/low-rank.json" with { type: "json" };
import { channelDecomposition, factorizeDense, type KernelPair, spatialDecomposition } from "./pairs.js";

const methods = { channel: channelDecomposition, spatial: spatialDecomposition };

describe("kernels as products of two", () => {
  it("are numpy's nearest matrices of the rank, seen by channel and by space", () => {
    for (const { kernel, method, rank, near, error } of fixtures.pairs) {
      const pair = methods[method as keyof typeof methods](tensor(kernel.shape, kernel.data), rank);
      expectProduct(pair, near);
      expect(pair.error).to.be.closeTo(error, 64 * 2 ** -52);
    }
  });

  it("are numpy's nearest matrices of the rank for a dense layer", () => {
    for (const { matrix, singularValues, rank, near } of fixtures.svd) {
      // Denormal float32 weights have no square root factors with 24 significant bits.
      if (!near || singularValues[0]! < 1e-37) continue;
      expectProduct(factorizeDense(tensor(matrix.shape, matrix.data), rank), near);
    }
  });

  it("are exact at the full rank", () => {
    const kernel = normalTensor(seeded("k"), [3, 2, 4, 5]);
    const cases = [
      [channelDecomposition(kernel, 5), kernel],
      [spatialDecomposition(kernel, 10), kernel],
    ] as const;
    for (const [pair, whole] of cases) {
      expectProduct(pair, whole.data);
      expect(pair.error).to.equal(0);
    }
    const dense = normalTensor(seeded("d"), [4, 7]);
    expectProduct(factorizeDense(dense, 4), dense.data);
  });

  it("have factors of the same size", () => {
    const { first, second } = factorizeDense(normalTensor(seeded("f"), [20, 10]), 4);
    const norm = ({ data }: Tensor) => Math.hypot(...data);
    // Both norms are √Σσ; each of some 120 numbers is rounded to float32.
    expect(norm(first)).to.be.closeTo(norm(second), norm(first) * 2 ** -23);
  });

  it("are zero for a kernel that is all zero", () => {
    const pair = channelDecomposition(tensor([1, 1, 2, 2], [0, 0, 0, 0]), 1);
    expect([...compose(pair.first, pair.second).data]).to.deep.equal([0, 0, 0, 0]);
    expect(pair.error).to.equal(0);
  });

  it("leave the kernel alone", () => {
    const kernel = normalTensor(seeded("k"), [2, 2, 2, 2]);
    const before = [...kernel.data];
    channelDecomposition(kernel, 1);
    spatialDecomposition(kernel, 1);
    expect([...kernel.data]).to.deep.equal(before);
  });

  it("refuse kernels of another layer, empty or not finite, and ranks out of range", () => {
    const [dense, conv] = [tensor([2, 2], [1, 2, 3, 4]), tensor([1, 1, 2, 2], [1, 2, 3, 4])];
    expect(() => factorizeDense(conv, 1)).to.throw(LabError, "[inputs, outputs]");
    for (const decomposition of Object.values(methods)) {
      expect(() => decomposition(dense, 1)).to.throw(LabError, "[height, width, inputs, outputs]");
      expect(() => decomposition(tensor([1, 1, 0, 2], []), 1)).to.throw(LabError, "no elements");
      expect(() => decomposition(tensor([1, 1, 1, 1], [Number.NaN]), 1)).to.throw(LabError, "NaN");
      for (const rank of [0, 3, 1.5])
        expect(() => decomposition(conv, rank)).to.throw(LabError, `got ${rank}`);
    }
    expect(() => factorizeDense(dense, 3)).to.throw(LabError, "from 1 to 2, got 3");
  });
});

/**
 * Both factors are rounded to float32: the product is off by 2 · 2^-24 of its terms' magnitudes. The two programs'
 * vectors differ by some 64 · 2^-52 over the gap between singular values, which is 1e-3 or more (svd.test.ts).
 */
function expectProduct({ first, second }: KernelPair, near: ArrayLike<number>): void {
  const product = compose(first, second).data;
  const terms = compose(magnitudes(first), magnitudes(second)).data;
  const largest = Math.max(...Array.from(near, Math.abs));
  expect(product.length).to.equal(near.length);
  product.forEach((x, i) => {
    expect(x).to.be.closeTo(near[i]!, 2.1 * 2 ** -24 * terms[i]! + 64 * 2 ** -52 * 1e3 * largest);
  });
}
