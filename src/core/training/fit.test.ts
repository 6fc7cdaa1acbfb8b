import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { seeded } from "../random.js";
import { corners, options, perceptron, refusal, weightsOf } from "./fixtures/corners.js";
import { chooseBackend, evaluate, type FitOptions, fit } from "./index.js";

describe("fit", () => {
  const data = corners("train", 42);

  before(() => chooseBackend({ backend: "wasm" }));

  it("learns to tell four corners apart, and says what it did", async () => {
    const model = perceptron();
    const validation = corners("validation", 40);
    const result = await fit(model, data, options({ epochs: 30, validation }));
    expect(result).to.include({ backend: "wasm", stopped: "finished", steps: 30 * 6 });
    expect(result.epochs.map(({ epoch }) => epoch)).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    expect(result.epochs.at(-1)?.validationAccuracy).to.be.greaterThan(0.9);
    const { loss } = await evaluate(model, validation);
    expect(result.epochs.at(-1)?.validationLoss).to.equal(loss);
    expect(JSON.parse(JSON.stringify(result))).to.deep.equal(result);
  });

  it("gives the same weights bit for bit for the same seed, and others for another", async () => {
    const [first, second, other] = [perceptron(), perceptron(), perceptron()];
    const results = [await fit(first, data, options()), await fit(second, data, options())];
    await fit(other, data, options({ rng: seeded("another order") }));
    expect(weightsOf(first)).to.deep.equal(weightsOf(second));
    expect(results[0]).to.deep.equal(results[1]);
    expect(weightsOf(other)).not.to.deep.equal(weightsOf(first));
  });

  it("shows each example once an epoch", async () => {
    const seen: number[] = [];
    const loss: FitOptions["loss"] = ({ logits, places }) => {
      seen.push(...places);
      return logits.square().mean();
    };
    await fit(perceptron(), data, options({ epochs: 1, loss }));
    expect(seen).not.to.deep.equal(seen.toSorted((a, b) => a - b));
    expect(seen.toSorted((a, b) => a - b)).to.deep.equal([...data.labels.keys()]);
  });

  it("gives a loss the batch's inputs, one-hot labels and places", async () => {
    let checked = 0;
    const loss: FitOptions["loss"] = ({ logits, outputs, labels, inputs, places }) => {
      expect(outputs).to.deep.equal([logits]);
      expect([...inputs.dataSync()]).to.deep.equal(
        [...places].flatMap((place) => [...data.inputs.data.slice(2 * place, 2 * place + 2)]),
      );
      expect([...labels.argMax(1).dataSync()]).to.deep.equal([...places].map((place) => data.labels[place]));
      expect([...labels.sum(1).dataSync()].every((sum) => sum === 1)).to.equal(true);
      checked += places.length;
      return logits.square().mean();
    };
    await fit(perceptron(), data, options({ epochs: 1, loss }));
    expect(checked).to.equal(42);
  });

  it("reports means over examples, in which a small last batch counts less", async () => {
    const model = perceptron();
    const optimizer = { kind: "sgd", learningRate: 1e-12 } as const;
    const { epochs } = await fit(model, data, options({ epochs: 1, optimizer }));
    const { loss, accuracy } = await evaluate(model, data);
    expect(epochs[0]?.accuracy).to.equal(accuracy);
    // In float32: at most 8 losses below 8 a batch, each of about 20 operations, are summed.
    expect(epochs[0]?.loss).to.be.closeTo(loss, (8 + 20) * 8 * 2 ** -24);
  });

  it("keeps no tensors but the model's own", async () => {
    const model = perceptron();
    const earlyStop = { patience: 5, restoreBest: true };
    await fit(model, data, options());
    const { numTensors, numDataBuffers } = tf.memory();
    await fit(model, data, options({ earlyStop, validation: data }));
    await fit(model, data, options({ optimizer: { kind: "momentum", learningRate: 0.01 } }));
    expect(tf.memory()).to.include({ numTensors, numDataBuffers });
  });

  it("reports its progress step by step", async () => {
    const shown: string[] = [];
    await fit(perceptron(), data, {
      ...options(),
      onProgress: ({ epoch, epochs, step, steps }) => shown.push(`${epoch}/${epochs} ${step}/${steps}`),
    });
    expect(shown).to.have.length(12);
    expect([shown[0], shown[11]]).to.deep.equal(["1/2 1/6", "2/2 6/6"]);
  });

  it("calls back around epochs and after steps, with weights that may be changed", async () => {
    const called: string[] = [];
    const model = perceptron();
    const callbacks: FitOptions["callbacks"] = {
      beforeEpoch: (epoch) => called.push(`before ${epoch}`),
      afterStep: (given) => {
        expect(given).to.equal(model);
        tf.tidy(() => given.setWeights(given.getWeights().map((weight) => weight.mul(0))));
      },
      onEpoch: async (report) => called.push(`after ${report.epoch}`),
    };
    await fit(model, data, options({ callbacks }));
    expect(called).to.deep.equal(["before 1", "after 1", "before 2", "after 2"]);
    expect(
      weightsOf(model)
        .flat()
        .every((weight) => weight === 0),
    ).to.equal(true);
  });

  for (const [name, steps, epochs] of [
    ["beforeEpoch", 0, 0],
    ["afterStep", 1, 0],
    ["onEpoch", 6, 1],
  ] as const) {
    it(`ends when ${name} says stop`, async () => {
      const result = await fit(perceptron(), data, options({ callbacks: { [name]: async () => "stop" } }));
      expect(result).to.include({ stopped: "callback", steps });
      expect(result.epochs).to.have.length(epochs);
    });
  }

  it("keeps the weights of the moment when it is aborted by a timer", async () => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 30);
    const model = perceptron();
    const fresh = weightsOf(model);
    const result = await fit(model, data, options({ epochs: 1e6, signal: controller.signal }));
    clearTimeout(timer);
    expect(result.stopped).to.equal("aborted");
    expect(weightsOf(model)).not.to.deep.equal(fresh);
    const again = await fit(model, data, options({ signal: controller.signal }));
    expect(again).to.include({ stopped: "aborted", steps: 0, bestEpoch: 0 });
  });

  it("stops early, and takes back the weights of the best epoch", async () => {
    const model = perceptron();
    const saved: number[][][] = [];
    // From the second epoch on a wild step after each epoch makes the loss worse.
    const onEpoch = (): void => {
      saved.push(weightsOf(model));
      tf.tidy(() => model.setWeights(model.getWeights().map((weight) => weight.mul(-4))));
    };
    const earlyStop = { patience: 2, restoreBest: true };
    const result = await fit(model, data, {
      ...options({ epochs: 50, earlyStop, callbacks: { onEpoch } }),
      optimizer: { kind: "sgd", learningRate: 1e-6 },
    });
    expect(result).to.include({ stopped: "early", bestEpoch: 1 });
    expect(result.epochs).to.have.length(3);
    expect(weightsOf(model)).to.deep.equal(saved[0]!.map((weight) => weight.map((w) => -4 * w)));
  });

  it("watches the validation data where there are some", async () => {
    const validation = { ...data, labels: data.labels.map((label) => 3 - label) };
    const earlyStop = { patience: 3 };
    const result = await fit(perceptron(), data, options({ epochs: 50, validation, earlyStop }));
    const losses = result.epochs.map(({ validationLoss }) => validationLoss!);
    expect(result.stopped).to.equal("early");
    expect(result.epochs.at(-1)?.loss).to.be.lessThan(result.epochs[0]!.loss);
    expect(result.bestEpoch).to.equal(1 + losses.indexOf(Math.min(...losses)));
  });

  it("is patient while the loss falls by more than minDelta, and only then", async () => {
    const sgd = { kind: "sgd", learningRate: 0.01 } as const;
    const patience = 2;
    const falling = await fit(perceptron(), data, {
      ...options({ epochs: 6 }),
      optimizer: sgd,
      earlyStop: { patience },
    });
    expect(falling.stopped).to.equal("finished");
    const earlyStop = { patience, minDelta: 10 };
    const flat = await fit(perceptron(), data, { ...options({ epochs: 6 }), optimizer: sgd, earlyStop });
    expect(flat).to.include({ stopped: "early", bestEpoch: 3 });
  });

  it("leaves frozen layers alone", async () => {
    const model = perceptron();
    model.layers[0]!.trainable = false;
    const weights = () =>
      model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));
    const [frozen, free] = weights();
    await fit(model, data, options());
    expect(weights()[0]).to.deep.equal(frozen);
    expect(weights()[1]).not.to.deep.equal(free);
  });

  it("trains a model of two outputs by both", async () => {
    const input = tf.input({ shape: [2] });
    const hidden = tf.layers.dense({ units: 3, name: "feature" }).apply(input) as tf.SymbolicTensor;
    const logits = tf.layers.dense({ units: 4, name: "logits" }).apply(hidden) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [logits, hidden] });
    const loss: FitOptions["loss"] = ({ outputs }) => outputs[1]!.square().mean();
    const weights = (name: string) => [...model.getLayer(name).getWeights()[0]!.dataSync()];
    const [feature, last] = [weights("feature"), weights("logits")];
    await fit(model, data, options({ loss }));
    expect(weights("feature")).not.to.deep.equal(feature);
    expect(weights("logits")).to.deep.equal(last);
  });

  it("lets a batch normalization follow the batches: mean ← m·mean + (1 - m)·batch mean", async () => {
    const norm = tf.layers.batchNormalization({ inputShape: [2], momentum: 0.75 });
    const model = tf.sequential({ layers: [norm, tf.layers.dense({ units: 4 })] });
    await fit(model, data, options({ epochs: 1, batchSize: 42 }));
    const [, , mean, variance] = norm.getWeights().map((weight) => weight.dataSync());
    for (const axis of [0, 1]) {
      const values = [...data.labels.keys()].map((place) => data.inputs.data[2 * place + axis]!);
      const average = values.reduce((a, b) => a + b) / 42;
      const spread = values.reduce((a, x) => a + (x - average) ** 2, 0) / 42;
      // Sums of 42 numbers below 4 (squares below 16) in float32, divided by 42, a quarter of it: 2 · 42 roundings.
      expect(mean![axis]).to.be.closeTo(average / 4, 84 * 4 * 2 ** -24);
      expect(variance![axis]).to.be.closeTo(0.75 + spread / 4, 84 * 16 * 2 ** -24);
    }
  });

  it("refuses to train a model, or another with its layers, that is in training, and does so afterwards", async () => {
    const model = perceptron();
    const sharing = tf.model({ inputs: model.inputs, outputs: model.outputs });
    const first = fit(model, data, options());
    for (const busy of [model, sharing]) {
      expect((await refusal(fit(busy, data, options()))).message).to.include("in training already");
    }
    expect((await Promise.all([first, fit(perceptron(), data, options())]))[0].stopped).to.equal("finished");
    const stopping = fit(model, data, options({ loss: () => tf.scalar(1) }));
    await refusal(stopping);
    expect((await fit(model, data, options())).stopped).to.equal("finished");
  });

  it("leaves the data alone", async () => {
    const before = structuredClone(data);
    await fit(perceptron(), data, options());
    expect(data).to.deep.equal(before);
  });

  const wrong: [string, () => Promise<unknown>, string][] = [
    [
      "no epochs",
      () => fit(perceptron(), data, options({ epochs: 0 })),
      "epochs must be an integer 1 or more, got 0",
    ],
    ["no batch", () => fit(perceptron(), data, options({ batchSize: 0.5 })), "batchSize must be an integer"],
    [
      "no patience",
      () => fit(perceptron(), data, options({ earlyStop: { patience: 0 } })),
      "patience must be an integer 1 or more",
    ],
    [
      "a NaN for minDelta",
      () => fit(perceptron(), data, options({ earlyStop: { patience: 1, minDelta: Number.NaN } })),
      "minDelta must be from 0",
    ],
    [
      "a learning rate of zero",
      () => fit(perceptron(), data, options({ optimizer: { kind: "adam", learningRate: 0 } })),
      "learning rate must be above 0",
    ],
    [
      "momentum 1",
      () =>
        fit(perceptron(), data, options({ optimizer: { kind: "momentum", learningRate: 1, momentum: 1 } })),
      "momentum must be from 0",
    ],
    [
      "an unknown optimizer",
      () => fit(perceptron(), data, options({ optimizer: { kind: "lion" } as never })),
      'no optimizer "lion"',
    ],
    [
      "a loss for each example",
      () => fit(perceptron(), data, options({ loss: ({ logits }) => logits.mean(1) as tf.Scalar })),
      "the loss must be a scalar, got the shape [8]",
    ],
    [
      "an optimizer's bare name",
      () => fit(perceptron(), data, options({ optimizer: "adam" as never })),
      'the optimizer is a string. Write it as an object: { kind: "adam" }.',
    ],
    [
      "an epsilon that float32 can lose",
      () => fit(perceptron(), data, options({ optimizer: { kind: "adam", epsilon: 1e-50 } })),
      "epsilon must be from 1.1754943508222875e-38 to 1, got 1e-50",
    ],
    [
      "no options",
      () => fit(perceptron(), data, undefined as never),
      "the options object is undefined. Give at least { epochs: 5",
    ],
    ["options without rng", () => fit(perceptron(), data, { epochs: 1 } as never), "rng is undefined. Give"],
    [
      "a seed for rng",
      () => fit(perceptron(), data, options({ rng: "order" as never })),
      'rng is a string. Give a seeded generator, which shuffles the examples: seeded("order").',
    ],
    [
      "a loss that is a number",
      () => fit(perceptron(), data, options({ loss: (() => 1) as never })),
      "the loss must be a scalar, got a number",
    ],
    [
      "an asynchronous loss",
      () => fit(perceptron(), data, options({ loss: (async () => tf.scalar(1)) as never })),
      "the loss must be a scalar, got a Promise",
    ],
    [
      "a loss without a way to the weights",
      () => fit(perceptron(), data, options({ loss: () => tf.scalar(1) })),
      "the loss does not depend on any trainable weight",
    ],
    [
      "other classes",
      () => fit(perceptron(), { ...data, classes: 5 }, options()),
      "has 5 classes, but the model gives",
    ],
    [
      "a single class",
      () => fit(perceptron(), { ...data, labels: new Int32Array(42), classes: 1 }, options()),
      "the number of classes of the training data must be an integer 2 or more, got 1",
    ],
    [
      "inputs of another shape",
      () => fit(perceptron(), { ...data, inputs: { shape: [42, 2, 1], data: data.inputs.data } }, options()),
      "the model takes [count, 2], got inputs [42, 2, 1]",
    ],
    [
      "NaN among the inputs",
      () =>
        fit(
          perceptron(),
          { ...data, inputs: { shape: [42, 2], data: new Float32Array(84).fill(Number.NaN) } },
          options(),
        ),
      "there is NaN in the inputs, at index 0",
    ],
    [
      "validation data that do not fit",
      () => fit(perceptron(), data, options({ validation: { ...data, classes: 7 } })),
      "the validation data has 7 classes",
    ],
    [
      "a model without trainable weights",
      () => {
        const model = perceptron();
        model.trainable = false;
        return fit(model, data, options());
      },
      "no trainable weights",
    ],
  ];
  for (const [what, work, message] of wrong) {
    it(`refuses ${what}`, async () => {
      expect((await refusal(work())).message).to.include(message);
    });
  }
});
