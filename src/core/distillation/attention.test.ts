import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, tensor } from "../tensor.js";
import { attentionLoss, attentionMap } from "./attention.js";
import fixtures from "./fixtures/distillation.json" with { type: "json" };
import { expectClose, float64 } from "./fixtures/load.js";

describe("attentionLoss", () => {
  it("gives the maps, losses and gradients of the authors' program in PyTorch, silent layers included", () => {
    for (const { student, teacher, map, loss, gradient } of fixtures.attention) {
      const [n, h, w, c] = student.shape as [number, number, number, number];
      // Sums of c squares and of h·w squared sums, each rounded by 2^-53; maps lie in [0, 1].
      const slack = 4 * (c + h * w + 4) * 2 ** -53;
      expectClose(attentionMap(float64(student)).data, map, slack);
      const ours = attentionLoss(float64(student), float64(teacher));
      expect(ours.loss).to.be.closeTo(loss, 2 * slack);
      // A gradient is a difference of maps times 2A/‖Q‖ and 2/(N·P) ≤ 2; ‖Q‖ is at least the largest A².
      const steepest = Math.max(
        ...Array.from({ length: n }, (_, i) => {
          const example = student.data.slice(i * h * w * c, (i + 1) * h * w * c);
          const largest = Math.max(...example.map(Math.abs));
          return largest / Math.max(largest ** 2, 1e-12);
        }),
      );
      expectClose(ours.gradient.data, gradient, 2 * slack * 2 * 2 * steepest);
    }
  });

  it("is 0 with gradient 0 where the maps agree, whatever the number and the size of the channels", () => {
    const a = normalTensor(seeded("a"), [2, 3, 3, 2]);
    const doubled = tensor(
      a.shape,
      a.data.map((x) => 2 * x),
    );
    const { loss, gradient } = attentionLoss(a, doubled);
    expect(loss).to.equal(0);
    expect(gradient.shape).to.deep.equal(a.shape);
    expect(gradient.data.every((g) => g === 0)).to.equal(true);
  });

  it("has the gradient that finite differences give", () => {
    const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(values, values, (s, t) => {
        // A position of 1 keeps the norm above 1, so that derivatives stay of the order of 1.
        const fixed = (x: readonly number[]) => Float64Array.from(x, (value, i) => (i === 0 ? 1 : value));
        const teacher = tensor([1, 2, 2, 3], fixed(t));
        const lossAt = (a: Float64Array) => attentionLoss(tensor([1, 2, 2, 3], a), teacher);
        const gradient = lossAt(fixed(s)).gradient.data;
        const h = 1e-4;
        for (let i = 0; i < s.length; i++) {
          const at = (d: number) => lossAt(fixed(s).map((a, j) => (i === j ? a + d : a))).loss;
          // Third derivatives of q(A) with ‖Q‖ ≥ 1 and |A| ≤ 2 are below 6000; rounding of the loss / h.
          expect(gradient[i]).to.be.closeTo(
            (at(h) - at(-h)) / (2 * h),
            (6000 * h ** 2) / 6 + (40 * 2 ** -53) / h,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it("gives each map length 1", () => {
    const map = attentionMap(normalTensor(seeded("b"), [3, 5, 4, 2]));
    expect(map.shape).to.deep.equal([3, 5, 4]);
    for (let n = 0; n < 3; n++) {
      const squares = map.data.subarray(n * 20, (n + 1) * 20).reduce((sum, q) => sum + q * q, 0);
      // Twenty float32 entries, each rounded by 2^-24 relative.
      expect(squares).to.be.closeTo(1, 2 * 2 ** -24);
    }
  });

  it("refuses activations that are no images, differ in size, are empty, or not finite", () => {
    const a = (shape: number[]) => tensor(shape, new Float32Array(shape.reduce((x, y) => x * y, 1)));
    expect(() => attentionMap(a([2, 3]))).to.throw(LabError, "[2, 3]");
    expect(() => attentionMap(a([0, 3, 3, 1]))).to.throw(LabError, "no elements");
    expect(() => attentionMap(tensor([1, 1, 1, 1], [Number.NaN]))).to.throw(LabError, "NaN");
    expect(() => attentionMap(tensor([1, 1, 1, 1], [Number.NEGATIVE_INFINITY]))).to.throw(
      LabError,
      "-Infinity",
    );
    expect(() => attentionMap(tensor([1, 1, 1, 1], Float64Array.of(1e200)))).to.throw(
      LabError,
      "norm of map 0",
    );
    expect(() => attentionLoss(a([1, 2, 2, 3]), a([1, 4, 4, 3]))).to.throw(
      LabError,
      "more than the channels",
    );
    expect(() => attentionLoss(a([1, 2, 2, 3]), a([2, 2, 2, 3]))).to.throw(
      LabError,
      "more than the channels",
    );
  });

  it("leaves its inputs alone", () => {
    const [s, t] = [normalTensor(seeded("s"), [1, 2, 2, 1]), normalTensor(seeded("t"), [1, 2, 2, 1])];
    const before = [...s.data, ...t.data];
    attentionLoss(s, t);
    expect([...s.data, ...t.data]).to.deep.equal(before);
  });
});
