import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, tensor } from "../tensor.js";
import { compose, magnitudes } from "./fixtures/compose.js";
import fixtures from "./fixtures/low-rank.json" with { type: "json" };
import { type Tucker2, tucker2 } from "./tucker.js";

describe("tucker2", () => {
  it("gives what numpy's HOSVD and HOOI give", () => {
    for (const { kernel, near, error, ...options } of fixtures.tucker) {
      const ours = tucker2(tensor(kernel.shape, kernel.data), options);
      expectProduct(ours, near);
      // Two sums of some 200 squares, relative to the whole; an error of 0 is the rounding of the projections.
      expect(ours.error).to.be.closeTo(error, 200 * 2 ** -52);
    }
  });

  it("is exact at full ranks", () => {
    const kernel = normalTensor(seeded("k"), [3, 3, 4, 6]);
    const ours = tucker2(kernel, { rankIn: 4, rankOut: 6 });
    expectProduct(ours, kernel.data);
    expect(ours.error).to.be.below(200 * 2 ** -52);
  });

  it("comes no further from the kernel with each round of HOOI", () => {
    const kernel = normalTensor(seeded("hooi"), [3, 3, 6, 8]);
    const errors = [0, 1, 2, 3, 8].map(
      (iterations) => tucker2(kernel, { rankIn: 2, rankOut: 3, iterations }).error,
    );
    // Equal but for rounding once it stands still.
    errors.forEach((error, i) => {
      expect(error).to.be.at.most((errors[i - 1] ?? 1) + 2 ** -44);
    });
    expect(errors.at(-1)).to.be.below(errors[0]!);
  });

  it("leaves the kernel alone", () => {
    const kernel = normalTensor(seeded("k"), [2, 2, 2, 2]);
    const before = [...kernel.data];
    tucker2(kernel, { rankIn: 1, rankOut: 1, iterations: 2 });
    expect([...kernel.data]).to.deep.equal(before);
  });

  it("refuses what is no kernel, and ranks that the kernel has not", () => {
    const kernel = normalTensor(seeded("k"), [1, 1, 4, 3]);
    const at = (options: object) => () => tucker2(kernel, { rankIn: 1, rankOut: 1, ...options });
    for (const rankIn of [0, 4, 5, 1.5]) expect(at({ rankIn })).to.throw(LabError, `rankIn`);
    for (const rankOut of [0, 4, Number.NaN]) expect(at({ rankOut })).to.throw(LabError, `got ${rankOut}`);
    for (const iterations of [-1, 0.5, 1001, 1e9])
      expect(at({ iterations })).to.throw(LabError, `got ${iterations}`);
    expect(at({ rankIn: 3, rankOut: 2, iterations: 0 })).not.to.throw();
    expect(at({ rankIn: 3, rankOut: 2, iterations: 1 })).to.throw(
      LabError,
      "rankIn must be an integer from 1 to 2",
    );
    expect(() => tucker2(tensor([2, 2], [1, 2, 3, 4]), { rankIn: 1, rankOut: 1 })).to.throw(
      LabError,
      "[2, 2]",
    );
    const bad = tensor([1, 1, 1, 2], [1, Number.NaN]);
    expect(() => tucker2(bad, { rankIn: 1, rankOut: 1 })).to.throw(LabError, "NaN");
  });
});

/** Three factors rounded to float32: 3 · 2^-24 of the terms' magnitudes, and a little for products of roundings. */
function expectProduct({ first, core, last }: Tucker2, near: ArrayLike<number>): void {
  const product = compose(compose(first, core), last).data;
  const terms = compose(compose(magnitudes(first), magnitudes(core)), magnitudes(last)).data;
  product.forEach((x, i) => {
    expect(x).to.be.closeTo(near[i]!, 3.1 * 2 ** -24 * terms[i]!);
  });
  expect(product.length).to.equal(near.length);
}
