import { readFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { findLayer, fromLayerGraph, toLayerGraph, withWeights } from "../../model/index.js";
import { chooseBackend, fit } from "../../training/index.js";
import { options, perceptron, refusal, train } from "../fixtures/perceptron.js";
import { kernelOf, type Mask, type Masks, magnitudeMasks, sparsityOf } from "../index.js";
import { maskedFit } from "./index.js";

interface MaskedTraining {
  readonly kind: "sgd" | "momentum" | "adam";
  readonly inputs: number[];
  readonly labels: number[];
  readonly start: number[][];
  readonly masks: number[][];
  readonly trained: number[][];
}

const { maskedTraining } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../fixtures/pruning.json"), "utf8"),
) as { maskedTraining: MaskedTraining[] };

describe("training with masks", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  for (const { kind, inputs, labels, start, masks, trained } of maskedTraining) {
    it(`changes the weights that stay as PyTorch does, and no others: ${kind}`, async () => {
      const names = ["hidden", "last"];
      const model = perceptron("any", [4, 6, 3]);
      let graph = toLayerGraph(model);
      names.forEach((name, i) => {
        const [kernel, bias] = findLayer(graph, name).weights;
        graph = withWeights(graph, name, [
          { shape: kernel!.shape, data: Float32Array.from(start[i]!) },
          bias!,
        ]);
      });
      const built = fromLayerGraph(graph);
      const shaped = names.map((name, i): [string, Mask] => [
        name,
        { shape: kernelOf(graph, name).shape, data: Uint8Array.from(masks[i]!) },
      ]);
      const data = {
        inputs: { shape: [8, 4], data: Float32Array.from(inputs) },
        labels: Int32Array.from(labels),
        classes: 3,
      };
      const optimizer = kind === "adam" ? { kind, learningRate: 0.01 } : { kind, learningRate: 0.1 };
      await maskedFit(built, new Map(shaped), data, options({ epochs: 6, optimizer }));
      const after = toLayerGraph(built);
      names.forEach((name, i) => {
        kernelOf(after, name).data.forEach((w, j) => {
          if (masks[i]![j] === 0) expect(w).to.equal(0);
          // Half of the fixture's last digit, and the float32 rounding of six steps with sums of up to 8 products
          // of numbers below 1: 6·8·2^-24 = 3e-6.
          else expect(w).to.be.closeTo(trained[i]![j]!, 0.5e-5 + 3e-6);
        });
      });
    });
  }

  for (const kind of ["adam", "momentum"] as const) {
    it(`keeps what is removed at 0 after every step, whatever ${kind} remembers`, async () => {
      const model = perceptron("masked");
      const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 });
      const seen: number[] = [];
      const afterStep = (trained: tf.LayersModel): void => {
        const graph = toLayerGraph(trained);
        seen.push(...[...masks].map(([name]) => sparsityOf(kernelOf(graph, name))));
      };
      await maskedFit(
        model,
        masks,
        train,
        options({ optimizer: { kind, learningRate: 0.1 }, callbacks: { afterStep } }),
      );
      expect(seen).to.deep.equal(new Array(2 * 8).fill(0.5));
    });
  }

  it("removes again what a callback brings back", async () => {
    const model = perceptron("back");
    const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 });
    const afterStep = (trained: tf.LayersModel): void => {
      tf.tidy(() => trained.setWeights(trained.getWeights().map((w) => tf.onesLike(w))));
    };
    await maskedFit(model, masks, train, options({ callbacks: { afterStep } }));
    expect(sparsityOf(kernelOf(toLayerGraph(model), "hidden"))).to.equal(0.5);
  });

  it("is plain training without masks, and keeps no tensors", async () => {
    const [plain, masked] = [perceptron("plain"), perceptron("plain")];
    const before = tf.memory().numTensors;
    const results = [
      await fit(plain, train, options()),
      await maskedFit(masked, new Map(), train, options()),
    ];
    expect(results[1]).to.deep.equal(results[0]);
    expect(toLayerGraph(masked).nodes.map(({ weights }) => weights)).to.deep.equal(
      toLayerGraph(plain).nodes.map(({ weights }) => weights),
    );
    await maskedFit(masked, magnitudeMasks(toLayerGraph(masked), { sparsity: 0.5 }), train, options());
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("ends when a callback says so", async () => {
    const callbacks = { afterStep: () => "stop" };
    const result = await maskedFit(perceptron("stop"), new Map(), train, options({ callbacks }));
    expect(result).to.include({ stopped: "callback", steps: 1 });
  });

  it("refuses masks that don't fit the model", async () => {
    const model = perceptron("refuse");
    const mask = (...data: number[]): Masks =>
      new Map([["hidden", { shape: [data.length], data: Uint8Array.from(data) }]]);
    expect(await refusal(maskedFit(model, mask(1), train, options()))).to.include(
      "layer hidden has a kernel [2, 8], but a mask [1]",
    );
    expect(await refusal(maskedFit(model, mask(2), train, options()))).to.include("the mask is 2 at index 0");
    const nowhere = new Map([["nowhere", { shape: [1], data: Uint8Array.of(1) }]]);
    expect(await refusal(maskedFit(model, nowhere, train, options()))).to.include(
      "layer nowhere has no kernel",
    );
    expect(await refusal(maskedFit(model, undefined as never, train, options()))).to.include(
      "the list of masks is undefined",
    );
  });

  it("leaves the model as it is where an argument is wrong", async () => {
    const model = perceptron("kept");
    const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 });
    const before = toLayerGraph(model);
    const tensors = tf.memory().numTensors;
    for (const wrong of [{ epochs: 0 }, { batchSize: 0.5 }, { validation: { ...train, classes: 5 } }]) {
      await refusal(maskedFit(model, masks, train, options(wrong)));
    }
    await refusal(maskedFit(model, masks, { ...train, classes: 5 }, options()));
    expect(toLayerGraph(model)).to.deep.equal(before);
    expect(tf.memory().numTensors).to.equal(tensors);
  });
});
