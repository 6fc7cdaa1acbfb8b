import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, tensor } from "../tensor.js";
import fixtures from "./fixtures/distillation.json" with { type: "json" };
import { expectClose, float64 } from "./fixtures/load.js";
import { hintLoss } from "./hint.js";

describe("hintLoss", () => {
  it("gives PyTorch's squared error and its three gradients, for rows and for images", () => {
    for (const { student, teacher, weights, bias, loss, gradients } of fixtures.hints) {
      const regressor = { weights: float64(weights), bias: float64(bias) };
      const ours = hintLoss(float64(student), float64(teacher), regressor);
      // Sums of up to 60 products of numbers below 30 (normal draws, so |f|, |w| < 5), each rounded by 2^-53.
      const slack = 60 * 60 * 30 * 2 ** -53;
      expect(ours.loss).to.be.closeTo(loss, slack);
      expectClose(ours.gradient.data, gradients[0]!, slack);
      expectClose(ours.regressorGradient.weights.data, gradients[1]!, slack);
      expectClose(ours.regressorGradient.bias.data, gradients[2]!, slack);
    }
  });

  it("is 0 with gradients 0 where the regressor hits the hint", () => {
    const identity = { weights: tensor([2, 2], [1, 0, 0, 1]), bias: tensor([2], [0, 0]) };
    const features = normalTensor(seeded("hint"), [3, 4, 4, 2]);
    const { loss, gradient, regressorGradient } = hintLoss(features, features, identity);
    expect(loss).to.equal(0);
    expect(gradient.shape).to.deep.equal([3, 4, 4, 2]);
    expect(gradient.data.every((g) => g === 0)).to.equal(true);
    expect(regressorGradient).to.deep.equal({
      weights: tensor([2, 2], [0, 0, 0, 0]),
      bias: tensor([2], [0, 0]),
    });
  });

  it("falls along the gradients", () => {
    const [student, teacher] = [normalTensor(seeded("s"), [8, 3]), normalTensor(seeded("t"), [8, 5])];
    const regressor = { weights: normalTensor(seeded("w"), [3, 5]), bias: tensor([5], [0, 0, 0, 0, 0]) };
    const before = hintLoss(student, teacher, regressor);
    const step = (x: Float32Array, g: Float32Array) => x.map((value, i) => value - 0.01 * g[i]!);
    const moved = {
      weights: tensor([3, 5], step(regressor.weights.data, before.regressorGradient.weights.data)),
      bias: tensor([5], step(regressor.bias.data, before.regressorGradient.bias.data)),
    };
    const studentMoved = tensor([8, 3], step(student.data, before.gradient.data));
    expect(hintLoss(studentMoved, teacher, moved).loss).to.be.below(before.loss);
  });

  it("refuses features and regressors that don't fit, are empty, or are not finite", () => {
    const fitting = { weights: tensor([2, 3], new Float32Array(6)), bias: tensor([3], new Float32Array(3)) };
    const f = (shape: number[]) => tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
    const cases: [() => unknown, string][] = [
      [() => hintLoss(f([4, 2]), f([5, 3]), fitting), "more than the channels"],
      [() => hintLoss(f([2, 4, 4, 2]), f([2, 2, 2, 3]), fitting), "more than the channels"],
      [() => hintLoss(f([2]), f([3]), fitting), "more than the channels"],
      [() => hintLoss(f([4, 3]), f([4, 3]), fitting), "Give weights [3, 3]"],
      [() => hintLoss(f([4, 2]), f([4, 3]), { ...fitting, bias: f([2]) }), "bias [2]"],
      [() => hintLoss(f([0, 2]), f([0, 3]), fitting), "no elements"],
      [
        () => hintLoss(tensor([1, 2], [0, Number.NaN]), f([1, 3]), fitting),
        "there is NaN in the student's features",
      ],
      [() => hintLoss(f([1, 2]), tensor([1, 3], [0, Number.POSITIVE_INFINITY, 0]), fitting), "Infinity"],
      [() => hintLoss(f([1, 2]), tensor([1, 3], Float64Array.of(1e200, 0, 0)), fitting), "squared error is"],
    ];
    for (const [work, message] of cases) expect(work).to.throw(LabError, message);
    const bad = { ...fitting, weights: tensor([2, 3], [Number.NaN, 0, 0, 0, 0, 0]) };
    expect(() => hintLoss(f([1, 2]), f([1, 3]), bad)).to.throw(
      LabError,
      "there is NaN in the regressor's weights",
    );
  });
});
