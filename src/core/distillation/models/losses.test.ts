import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { seeded } from "../../random.js";
import { normalTensor, type Tensor, tensor } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import fixtures from "../fixtures/distillation.json" with { type: "json" };
import { expectClose } from "../fixtures/load.js";
import { attentionLoss, attentionMap, distillationLoss, hintLoss } from "../index.js";
import { attentionLossOp, attentionMapOp, distillationLossOp, hintLossOp } from "./losses.js";

const toTf = <Rank extends tf.Rank>({ shape, data }: { shape: readonly number[]; data: Float32Array }) =>
  tf.tensor<Rank>(data, [...shape] as tf.ShapeMap[Rank]);

/** What an operation answers for x, and its gradient there. */
function answer<T extends tf.Tensor>(op: (x: T) => tf.Scalar, x: T) {
  return tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad(op as (x: tf.Tensor) => tf.Tensor)(x);
    return { loss: value.dataSync()[0]!, gradient: grad.dataSync() };
  });
}

describe("distillationLossOp", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  it("gives the loss and the gradient of distillationLoss, in both forms, up to logits of 1e4", () => {
    for (const { student, teacher, labels, softened } of fixtures.losses) {
      const [s, t] = [student, teacher].map(({ shape, data }) => tensor(shape, data)) as [Tensor, Tensor];
      const [n, c] = student.shape as [number, number];
      for (const { temperature, alpha } of softened) {
        for (const form of ["lecture", "hinton"] as const) {
          const options = { temperature, alpha, form };
          const expected = distillationLoss(s, t, labels, options);
          const actual = answer((x: tf.Tensor2D) => {
            const oneHot = tf.oneHot(tf.tensor1d(labels, "int32"), c).toFloat() as tf.Tensor2D;
            return distillationLossOp(x, toTf<tf.Rank.R2>(t), oneHot, options);
          }, toTf<tf.Rank.R2>(s));
          // As in distillation-loss.test.ts, with roundings of 2^-24 in one program, and n more in the mean.
          const all = [...s.data, ...t.data];
          const range = (Math.max(...all) - Math.min(...all)) / Math.min(temperature, 1);
          const ofLogs = (n + c + 4) * 2 ** -24 * (1 + range);
          const ofSoft = Math.max(temperature ** 2, 1) * ofLogs * (2 + 2 * range);
          expect(actual.loss).to.be.closeTo(expected.loss, ofSoft);
          expectClose(actual.gradient, expected.gradient.data, 2 * ofLogs * Math.max(temperature, 1));
        }
      }
    }
  });

  it("refuses a temperature and an alpha out of range, and an unknown form", () => {
    const x = tf.tensor2d([[1, 2]]);
    const at = (options: object) => () =>
      distillationLossOp(x, x, x, { temperature: 2, alpha: 0.5, form: "lecture", ...options });
    for (const temperature of [0, 1e5]) expect(at({ temperature })).to.throw(LabError, "temperature");
    expect(at({ alpha: 2 })).to.throw(LabError, "alpha");
    expect(at({ form: "none" })).to.throw(LabError, '"none"');
  });

  it("refuses a teacher's logits and labels of another shape, which would be spread over the student's", () => {
    const [x, one] = [tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([[1, 2]])];
    const options = { temperature: 2, alpha: 0.5, form: "lecture" } as const;
    const wrong = "have the shapes [2, 2] and [1, 2]";
    expect(() => distillationLossOp(x, one, x, options)).to.throw(LabError, `logits ${wrong}`);
    expect(() => distillationLossOp(x, x, one, options)).to.throw(LabError, `labels ${wrong}`);
  });
});

describe("the losses of inner layers as operations", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  it("give the attention map, loss and gradient of the plain functions, silent layers included", () => {
    for (const { student, teacher } of fixtures.attention) {
      const [s, t] = [student, teacher].map(({ shape, data }) => tensor(shape, data)) as [Tensor, Tensor];
      const expected = attentionLoss(s, t);
      const actual = answer((x: tf.Tensor4D) => {
        return attentionLossOp(attentionMapOp(x), attentionMapOp(toTf<tf.Rank.R4>(t)));
      }, toTf<tf.Rank.R4>(s));
      const map = tf.tidy(() => attentionMapOp(toTf<tf.Rank.R4>(s)).dataSync());
      // As in attention.test.ts, with roundings of 2^-24.
      const [, h, w, c] = s.shape as [number, number, number, number];
      const slack = 2 * (c + h * w + 4) * 2 ** -24;
      expectClose(map, attentionMap(s).data, slack);
      expect(actual.loss).to.be.closeTo(expected.loss, 2 * slack);
      expectClose(actual.gradient, expected.gradient.data, 8 * slack * steepnessOf(s));
    }
  });

  it("give the hint's loss and gradient of the plain function", () => {
    const regressor = {
      weights: tensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      bias: tensor([3], [0, 0, 0]),
    };
    const [s, t] = [normalTensor(seeded("s"), [4, 2, 2, 3]), normalTensor(seeded("t"), [4, 2, 2, 3])];
    const expected = hintLoss(s, t, regressor);
    const actual = answer((x: tf.Tensor) => hintLossOp(x, toTf(t)), toTf(s));
    // A mean of 48 squares below 100, and gradients of one rounded difference each.
    expect(actual.loss).to.be.closeTo(expected.loss, 48 * 2 ** -24 * expected.loss);
    expectClose(actual.gradient, expected.gradient.data, 2 ** -22);
  });

  it("refuse maps and features of another shape, which would be spread over the student's", () => {
    const maps = [tf.zeros<tf.Rank.R3>([2, 3, 3]), tf.zeros<tf.Rank.R3>([2, 1, 3])] as const;
    expect(() => attentionLossOp(...maps)).to.throw(LabError, "have the shapes [2, 3, 3] and [2, 1, 3]");
    expect(() => hintLossOp(tf.zeros([2, 4]), tf.zeros([4]))).to.throw(
      LabError,
      "have the shapes [2, 4] and [4]",
    );
  });
});

/** The most that 2A/‖Q‖ can be, halved: ‖Q‖ is at least the largest A² of the example, and 1e-12. */
function steepnessOf({ shape, data }: Tensor): number {
  const size = data.length / shape[0]!;
  const largest = Array.from({ length: shape[0]! }, (_, n) =>
    Math.max(...data.subarray(n * size, (n + 1) * size).map(Math.abs)),
  );
  return Math.max(...largest.map((a) => a / Math.max(a ** 2, 1e-12)));
}
