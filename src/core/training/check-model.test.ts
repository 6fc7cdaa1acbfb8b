import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { toLayerGraph } from "../model/index.js";
import { loadTrained } from "../zoo/index.js";
import { corners, options, perceptron, refusal } from "./fixtures/corners.js";
import { chooseBackend, evaluate, fit, predict } from "./index.js";

const { dense } = tf.layers;
const data = corners("train", 12);

/** Three ways to use a model, all of which want one. */
const uses: [string, (model: tf.LayersModel) => Promise<unknown>][] = [
  ["fit", (model) => fit(model, data, options())],
  ["evaluate", (model) => evaluate(model, data)],
  ["predict", (model) => predict(model, data.inputs)],
];

describe("what is given for a model", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  for (const [name, use] of uses) {
    it(`is refused by ${name} where it is another thing`, async () => {
      const things: [unknown, string][] = [
        [Promise.resolve(perceptron()), "the model is a Promise. Write await before the call that made it."],
        [
          toLayerGraph(perceptron()),
          "the model is an object of another kind. Give a tfjs model: fromLayerGraph",
        ],
        [await loadTrained("teaching-mlp"), "loadTrained gives one as .model."],
        [undefined, "the model is undefined"],
        [dense({ units: 4 }), "the model is a Dense"],
        ["teaching-mlp", "the model is a string"],
      ];
      for (const [thing, message] of things) {
        expect((await refusal(use(thing as tf.LayersModel))).message).to.include(message);
      }
    });
  }
});

describe("a softmax at the end of a model", () => {
  const logits = () => dense({ units: 4, inputShape: [2] });
  const ending: [string, () => tf.LayersModel][] = [
    [
      "as a dense layer's activation",
      () =>
        tf.sequential({
          layers: [dense({ name: "last", units: 4, inputShape: [2], activation: "softmax" })],
        }),
    ],
    ["as a layer", () => tf.sequential({ layers: [logits(), tf.layers.softmax({ name: "last" })] })],
    [
      "as an activation layer",
      () =>
        tf.sequential({ layers: [logits(), tf.layers.activation({ name: "last", activation: "softmax" })] }),
    ],
    [
      "in a model inside",
      () => {
        const inner = tf.sequential({ layers: [logits(), tf.layers.softmax({ name: "last" })] });
        return tf.sequential({ layers: [dense({ units: 2, inputShape: [2] }), inner] });
      },
    ],
  ];
  for (const [where, build] of ending) {
    it(`is refused by fit and evaluate ${where}, and predicted with`, async () => {
      const model = build();
      for (const work of [fit(model, data, options()), evaluate(model, data)]) {
        expect((await refusal(work)).message).to.include(
          "the model ends in a softmax, in layer last. Build it",
        );
      }
      const { data: shares } = await predict(model, data.inputs);
      // Four shares, each rounded once in float32, and their sums.
      expect(shares.slice(0, 4).reduce((a, b) => a + b)).to.be.closeTo(1, 8 * 2 ** -24);
    });
  }

  it("may stand before the end, and at a further output", async () => {
    const input = tf.input({ shape: [2] });
    const gates = dense({ units: 3, activation: "softmax" }).apply(input) as tf.SymbolicTensor;
    const last = dense({ units: 4 }).apply(gates) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [last, gates] });
    expect((await fit(model, data, options())).stopped).to.equal("finished");
    expect((await evaluate(model, data)).accuracy).to.be.within(0, 1);
  });
});

describe("layers with regularizers and constraints", () => {
  const { batchNormalization, flatten, reshape, timeDistributed } = tf.layers;
  const ruled: [string, () => tf.layers.Layer[], string][] = [
    [
      "a regularizer of the kernel",
      () => [dense({ name: "ruled", units: 4, inputShape: [2], kernelRegularizer: "l1l2" })],
      "kernelRegularizer",
    ],
    [
      "a constraint of the bias",
      () => [dense({ name: "ruled", units: 4, inputShape: [2], biasConstraint: "nonNeg" })],
      "biasConstraint",
    ],
    [
      "a constraint of a batch normalization",
      () => [batchNormalization({ name: "ruled", inputShape: [2], gammaConstraint: "nonNeg" })],
      "gammaConstraint",
    ],
    [
      "a regularizer in a layer inside",
      () => {
        const layer = dense({ units: 1, kernelRegularizer: "l1l2" });
        const outer = timeDistributed({ name: "ruled", layer });
        return [reshape({ targetShape: [2, 1], inputShape: [2] }), outer, flatten()];
      },
      "kernelRegularizer",
    ],
    [
      "a regularizer in a model inside",
      () => {
        const layer = dense({ name: "ruled", units: 4, inputShape: [2], kernelRegularizer: "l1l2" });
        return [tf.sequential({ layers: [layer] })];
      },
      "kernelRegularizer",
    ],
  ];
  for (const [what, layers, key] of ruled) {
    it(`are refused: ${what}`, async () => {
      const model = tf.sequential({ layers: [...layers(), dense({ units: 4 })] });
      const error = await refusal(fit(model, data, options()));
      expect(error.message).to.include(`layer ruled has a ${key}, which fit does not apply`);
    });
  }

  it("are let alone in frozen layers, whose weights they don't touch", async () => {
    const frozen = dense({ units: 4, inputShape: [2], kernelRegularizer: "l1l2", trainable: false });
    const model = tf.sequential({ layers: [frozen, dense({ units: 4 })] });
    expect((await fit(model, data, options())).stopped).to.equal("finished");
  });
});
