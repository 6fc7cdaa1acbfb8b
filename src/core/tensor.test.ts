import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "./errors.js";
import { normalTensor, seeded, sizeOf, tensor, uniformTensor } from "./index.js";

describe("a tensor", () => {
  it("keeps the data that it is given", () => {
    const data = Int8Array.of(1, 2, 3, 4);
    expect(tensor([2, 2], data).data).to.equal(data);
  });

  it("refuses data that its shape does not hold", () => {
    expect(() => tensor([2, 3], [1, 2, 3])).to.throw(
      LabError,
      "shape [2, 3] of the tensor holds 6 elements, but there are 3",
    );
  });

  it("refuses a shape with a length that is no count", () => {
    for (const length of [-1, 1.5, Number.NaN]) {
      expect(() => sizeOf([2, length])).to.throw(LabError, "is no shape");
    }
  });

  it("refuses what is no number, and says where", () => {
    const rows = [[1, 2]] as unknown as number[];
    expect(() => tensor([2], rows)).to.throw(LabError, "the data hold an Array at index 0");
    expect(() => tensor([2], [1, "2"] as unknown as number[])).to.throw(
      LabError,
      "the data hold a string at index 1",
    );
  });

  it("refuses a shape with holes, and sizes that no memory should be taken for", () => {
    expect(() => sizeOf(new Array(2))).to.throw(LabError, "is no shape");
    expect(() => uniformTensor(seeded("a"), [1e9, 3], 0, 1)).to.throw(
      LabError,
      "would have 3000000000 elements",
    );
  });

  it("refuses numbers that float32 does not hold", () => {
    expect(() => normalTensor(seeded("a"), [3], 1e308, 1)).to.throw(
      LabError,
      "there is Infinity in the numbers drawn",
    );
  });

  it("holds one number where the shape is empty", () => {
    expect(tensor([], [7]).data).to.deep.equal(Float32Array.of(7));
  });

  it("is drawn in the order of the generator's own numbers", () => {
    const rng = seeded("order");
    const drawn = Array.from({ length: 6 }, () => Math.fround(rng.normal(1, 2)));
    expect([...normalTensor(seeded("order"), [2, 3], 1, 2).data]).to.deep.equal(drawn);
  });

  it("is drawn inside of its range", () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const { data } = uniformTensor(seeded(seed), [50], -2, 3);
        // Rounding to float32 can reach the bound itself.
        expect(data.every((x) => x >= -2 && x <= 3)).to.equal(true);
      }),
    );
  });
});
