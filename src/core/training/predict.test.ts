import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { uniformTensor } from "../tensor.js";
import { teachingMlp } from "../zoo/index.js";
import { accuracyOf, chooseBackend, evaluate, predict } from "./index.js";

describe("predict", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  it("gives the model's own outputs, in batches that do not divide the count too", async () => {
    const model = teachingMlp(seeded("predict"));
    const inputs = uniformTensor(seeded("inputs"), [7, 28, 28, 1], 0, 1);
    const expected = tf.tidy(() =>
      (model.predict(tf.tensor(inputs.data, [...inputs.shape])) as tf.Tensor).dataSync(),
    );
    const whole = await predict(model, inputs);
    expect(whole).to.deep.equal({ shape: [7, 10], data: expected });
    const { shape, data } = await predict(model, inputs, { batchSize: 3 });
    expect(shape).to.deep.equal([7, 10]);
    // A product of up to 784 terms may be summed in another order: |error| ≤ n u Σ|terms|, here below 784 · 2⁻²⁴ · 100.
    data.forEach((value, i) => {
      expect(value).to.be.closeTo(expected[i]!, 784 * 2 ** -24 * 100);
    });
  });

  it("runs as inference: dropout is off", async () => {
    const dropout = tf.layers.dropout({ rate: 0.9, inputShape: [50] });
    const { data } = await predict(tf.sequential({ layers: [dropout] }), {
      shape: [1, 50],
      data: new Float32Array(50).fill(1),
    });
    expect(data).to.deep.equal(new Float32Array(50).fill(1));
  });

  it("keeps no tensors", async () => {
    const model = teachingMlp(seeded("predict"));
    const { numTensors } = tf.memory();
    await predict(model, uniformTensor(seeded("inputs"), [3, 28, 28, 1], 0, 1), { batchSize: 2 });
    expect(tf.memory().numTensors).to.equal(numTensors);
  });

  for (const [what, shape] of [
    ["no inputs", [0, 28, 28, 1]],
    ["another rank", [2, 784]],
    ["another size", [2, 28, 27, 1]],
  ] as [string, number[]][]) {
    it(`refuses ${what}`, async () => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      const error = await predict(teachingMlp(seeded("a")), { shape, data }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(LabError);
      expect((error as LabError).message).to.include("the model takes [count, 28, 28, 1], got inputs");
    });
  }
});

/** Passes its inputs through: the inputs are the logits. */
const identity = (): tf.LayersModel =>
  tf.sequential({ layers: [tf.layers.activation({ activation: "linear", inputShape: [3] })] });

describe("evaluate", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const logits = { shape: [4, 3], data: Float32Array.of(2, 1, 0, 0, 0, 0, -1, 3, 500, 1000, 0, -1000) };
  const data = { inputs: logits, labels: Int32Array.of(0, 2, 1, 0), classes: 3 };

  it("gives the cross-entropy, the accuracy and the confusion of known logits", async () => {
    const { loss, accuracy, confusion } = await evaluate(identity(), data);
    // log(1 + e⁻¹ + e⁻²), log 3, 497, 0
    const rows = [Math.log(1 + Math.exp(-1) + Math.exp(-2)), Math.log(3), 497, 0];
    expect(loss).to.be.closeTo(rows.reduce((a, b) => a + b) / 4, 1e-12);
    expect(accuracy).to.equal(0.5);
    expect(confusion).to.deep.equal({ shape: [3, 3], data: Int32Array.of(2, 0, 0, 0, 0, 1, 1, 0, 0) });
  });

  it("counts the first of equal logits", () => {
    const ties = { shape: [2, 3], data: Float32Array.of(1, 1, 1, 0, 2, 2) };
    expect(accuracyOf(ties, Int32Array.of(0, 1))).to.equal(1);
    expect(accuracyOf(ties, Int32Array.of(2, 2))).to.equal(0);
  });

  it("refuses a model that answers infinities, for which there is no loss", async () => {
    const dense = tf.layers.dense({ units: 2, inputShape: [1], useBias: false });
    const model = tf.sequential({ layers: [dense] });
    tf.tidy(() => dense.setWeights([tf.tensor2d([1e30, 0], [1, 2])]));
    const far = {
      inputs: { shape: [1, 1], data: Float32Array.of(1e30) },
      labels: Int32Array.of(0),
      classes: 2,
    };
    const error = await evaluate(model, far).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(LabError);
    expect((error as LabError).message).to.include("there is Infinity in the model's answer, at index 0");
  });

  it("refuses NaN among the logits, and labels that do not fit", () => {
    const nan = { shape: [1, 2], data: Float32Array.of(0, Number.NaN) };
    expect(() => accuracyOf(nan, Int32Array.of(0))).to.throw(
      LabError,
      "there is NaN in the logits, at index 1",
    );
    expect(() => accuracyOf(logits, Int32Array.of(0))).to.throw(LabError, "don't fit 1 labels");
    expect(() => accuracyOf(logits, Int32Array.of(0, 3, 0, 0))).to.throw(LabError, "label 1 must be");
    expect(() => accuracyOf({ shape: [0, 3], data: new Float32Array() }, new Int32Array())).to.throw(
      LabError,
    );
  });
});
