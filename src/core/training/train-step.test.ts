import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import type { Dataset } from "../data/index.js";
import { seeded } from "../random.js";
import { uniformTensor } from "../tensor.js";
import { residualCnn, teachingMlp } from "../zoo/index.js";
import { corners, options, perceptron, refusal, weightsOf } from "./fixtures/corners.js";
import { chooseBackend, type FitOptions, fit, type Loss } from "./index.js";

describe("a step that fails", () => {
  const data = corners("train", 42);
  const images: Dataset = {
    inputs: uniformTensor(seeded("images"), [8, 28, 28, 1], 0, 1),
    labels: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    classes: 10,
  };

  before(() => chooseBackend({ backend: "wasm" }));

  it("is named, and keeps the weights before it", async () => {
    const model = perceptron();
    let calls = 0;
    let kept: number[][] = [];
    const loss: FitOptions["loss"] = ({ logits }) => {
      if (++calls === 9) kept = weightsOf(model);
      return logits.mean().mul(calls === 9 ? Number.NaN : 1) as tf.Scalar;
    };
    const { numTensors } = tf.memory();
    const error = await refusal(fit(model, data, options({ loss })));
    expect(error.code).to.equal("DIVERGED");
    expect(error.message).to.include("NaN in epoch 2, step 3");
    expect(weightsOf(model)).to.deep.equal(kept);
    expect(tf.memory().numTensors).to.equal(numTensors);
  });

  const diverging: [string, typeof residualCnn, Partial<FitOptions>, string][] = [
    [
      "weights beyond float32 after the last step",
      teachingMlp,
      { epochs: 1, batchSize: 8, optimizer: { kind: "sgd", learningRate: 1e308 } },
      "after epoch 1, step 1",
    ],
    [
      "a finite loss with a gradient of NaN",
      teachingMlp,
      { loss: ({ logits }) => logits.sub(logits).square().sum().sqrt().asScalar() },
      "after epoch 1, step 1",
    ],
    // On wasm a fused ReLU makes 0 of NaN, so all losses are finite.
    [
      "weights of NaN behind a ReLU",
      residualCnn,
      { optimizer: { kind: "momentum", learningRate: 1e4 } },
      "after epoch",
    ],
    [
      "moving averages beyond float32",
      residualCnn,
      { optimizer: { kind: "adam", learningRate: 1e8 } },
      "after epoch",
    ],
  ];
  for (const [what, build, more, when] of diverging) {
    it(`is told by ${what}, and gives all weights back`, async () => {
      const model = build(seeded("weights"));
      let before = weightsOf(model);
      const afterStep = (): void => {
        before = weightsOf(model);
      };
      const rng = seeded("order");
      const error = await refusal(
        fit(model, images, { epochs: 8, batchSize: 4, rng, ...more, callbacks: { afterStep } }),
      );
      expect(error.message).to.include(`there is NaN or infinity among the weights ${when}`);
      expect(weightsOf(model)).to.deep.equal(before);
      expect(before.flat().every(Number.isFinite)).to.equal(true);
    });
  }

  it("gives moving averages back where the loss is NaN or throws", async () => {
    const model = residualCnn(seeded("weights"));
    const fresh = weightsOf(model);
    const { numTensors } = tf.memory();
    const nan: FitOptions["loss"] = ({ logits }) => logits.sum().mul(Number.NaN) as tf.Scalar;
    const error = await refusal(fit(model, images, options({ loss: nan })));
    expect(error.message).to.include("the loss became NaN in epoch 1, step 1");
    expect(weightsOf(model)).to.deep.equal(fresh);
    const thrown = new Error("of the loss itself");
    const throws = (): never => {
      throw thrown;
    };
    const caught = await fit(model, images, options({ loss: throws })).catch((given: unknown) => given);
    expect(caught).to.equal(thrown);
    expect(weightsOf(model)).to.deep.equal(fresh);
    expect(tf.memory().numTensors).to.equal(numTensors);
  });

  const wrong: [string, Loss, string][] = [
    ["gives a vector", ({ logits }) => logits.sum(1) as tf.Scalar, "BAD_LOSS"],
    ["gives a number", (() => 1) as never, "BAD_LOSS"],
    ["knows no weight", () => tf.scalar(1), "BAD_LOSS"],
  ];
  for (const [what, loss, code] of wrong) {
    it(`keeps no tensors where the loss ${what}`, async () => {
      const model = perceptron();
      const { numTensors, numBytes } = tf.memory();
      expect((await refusal(fit(model, data, options({ loss })))).code).to.equal(code);
      expect(tf.memory()).to.include({ numTensors, numBytes });
    });
  }

  it("says that tfjs has no gradient for a dilation, and keeps no tensors", async () => {
    const dilated = { filters: 2, kernelSize: 3, dilationRate: 2 };
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ ...dilated, inputShape: [28, 28, 1] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 10 }),
      ],
    });
    const { numTensors } = tf.memory();
    const error = await refusal(fit(model, images, options()));
    expect(error.message).to.include("the model has a convolution with a dilation above 1");
    expect(tf.memory().numTensors).to.equal(numTensors);
    model.layers[0]!.trainable = false;
    expect((await fit(model, images, options())).stopped).to.equal("finished");
  });
});
