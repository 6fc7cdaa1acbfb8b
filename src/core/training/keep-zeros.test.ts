import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { corners, options, perceptron } from "./fixtures/corners.js";
import { chooseBackend, type FitOptions, fit } from "./index.js";

const kernelsOf = (model: tf.LayersModel): number[][] =>
  model.trainableWeights
    .filter(({ shape }) => shape.length === 2)
    .map((weight) => [...weight.read().dataSync()]);

/** Makes every third weight of the kernels 0, one of them -0. */
function prune(model: tf.LayersModel): void {
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map((weight) => {
        if (weight.rank !== 2) return weight;
        const pruned = weight.dataSync().map((value, i) => (i % 3 === 0 ? 0 : value));
        return tf.tensor(pruned.fill(-0, 0, 1), weight.shape);
      }),
    );
  });
}

const zerosOf = (kernels: number[][]): boolean[][] =>
  kernels.map((kernel) => kernel.map((value) => value === 0));

describe("keepZeros", () => {
  const data = corners("train", 42);

  before(() => chooseBackend({ backend: "wasm" }));

  const optimizers: NonNullable<FitOptions["optimizer"]>[] = [
    { kind: "adam", learningRate: 0.02 },
    { kind: "momentum", learningRate: 0.05 },
    { kind: "sgd", learningRate: 0.05 },
  ];
  for (const optimizer of optimizers) {
    it(`leaves pruned weights at 0 and trains the others with ${optimizer.kind}`, async () => {
      const model = perceptron();
      prune(model);
      const before = kernelsOf(model);
      const afterStep = (): void => {
        expect(zerosOf(kernelsOf(model))).to.deep.equal(zerosOf(before));
      };
      const { epochs } = await fit(
        model,
        data,
        options({ epochs: 10, optimizer, keepZeros: true, callbacks: { afterStep } }),
      );
      kernelsOf(model).forEach((kernel, i) => {
        expect(kernel.filter((value, j) => value === before[i]![j])).to.have.length(
          kernel.filter((value) => value === 0).length,
        );
      });
      expect(epochs.at(-1)!.loss).to.be.lessThan(epochs[0]!.loss);
    });
  }

  it("is off unless asked for", async () => {
    const model = perceptron();
    prune(model);
    await fit(model, data, options());
    expect(kernelsOf(model).flat()).not.to.include(0);
  });

  it("changes nothing where no kernel has zeros, and lets biases leave 0", async () => {
    const [kept, plain] = [perceptron(), perceptron()];
    await fit(kept, data, options({ keepZeros: true }));
    await fit(plain, data, options());
    expect(kernelsOf(kept)).to.deep.equal(kernelsOf(plain));
    const biases = kept.trainableWeights.filter(({ shape }) => shape.length === 1);
    expect(biases.flatMap((bias) => [...bias.read().dataSync()])).not.to.include(0);
  });

  it("keeps zeros inside layers that wrap others", async () => {
    const inner = tf.layers.dense({ units: 4 });
    const model = tf.sequential({
      layers: [
        tf.layers.reshape({ targetShape: [2, 1], inputShape: [2] }),
        tf.layers.timeDistributed({ layer: inner }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4 }),
      ],
    });
    tf.tidy(() => inner.setWeights([tf.tensor2d([0, 1, 0, -1], [1, 4]), tf.zeros([4])]));
    await fit(model, data, options({ keepZeros: true }));
    const [kernel] = inner.getWeights();
    expect([...kernel!.dataSync()].map((value) => value === 0)).to.deep.equal([true, false, true, false]);
  });

  it("keeps no tensors", async () => {
    const model = perceptron();
    const { numTensors, numDataBuffers } = tf.memory();
    await fit(model, data, options({ keepZeros: true }));
    expect(tf.memory()).to.include({ numTensors, numDataBuffers });
  });
});
