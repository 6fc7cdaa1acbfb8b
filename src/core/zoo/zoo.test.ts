import type * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { fromLayerGraph, toLayerGraph } from "../model/index.js";
import { seeded } from "../random.js";
import { uniformTensor } from "../tensor.js";
import { chooseBackend, fit, predict } from "../training/index.js";
import { depthwiseCnn, residualCnn, teachingCnn, teachingMlp, tinyCnn } from "./index.js";

describe("the zoo", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const numbers = (model: tf.LayersModel): number[] => model.getWeights().flatMap((w) => [...w.dataSync()]);

  for (const [name, build] of Object.entries({
    depthwiseCnn,
    residualCnn,
    teachingCnn,
    teachingMlp,
    tinyCnn,
  })) {
    it(`${name} takes images [28, 28, 1] and gives ten logits`, () => {
      const model = build(seeded("zoo"));
      expect([model.inputs[0]?.shape, model.outputs[0]?.shape]).to.deep.equal([
        [null, 28, 28, 1],
        [null, 10],
      ]);
    });

    it(`${name} refuses what is no generator`, () => {
      for (const [other, message] of [
        [undefined, "the generator rng is undefined"],
        ["a", "the generator rng is a string. Give one made from a text"],
      ] as const) {
        expect(() => build(other as never)).to.throw(LabError, message);
      }
    });

    it(`${name} is the same for the same seed, under the same names`, () => {
      const [first, second] = [build(seeded("zoo")), build(seeded("zoo"))];
      expect(numbers(first)).to.deep.equal(numbers(second));
      expect(first.layers.map((layer) => layer.name)).to.deep.equal(second.layers.map((layer) => layer.name));
      expect(numbers(build(seeded("other")))).not.to.deep.equal(numbers(first));
    });

    it(`${name} can be taken apart and put together`, async () => {
      const model = build(seeded("zoo"));
      const images = uniformTensor(seeded("images"), [2, 28, 28, 1], 0, 1);
      const rebuilt = fromLayerGraph(toLayerGraph(model));
      expect(await predict(rebuilt, images)).to.deep.equal(await predict(model, images));
    });

    it(`${name} learns four images by heart`, async () => {
      const inputs = uniformTensor(seeded("images"), [4, 28, 28, 1], 0, 1);
      const data = { inputs, labels: Int32Array.of(3, 1, 4, 5), classes: 10 };
      const optimizer = { kind: "adam", learningRate: 0.003 } as const;
      const { epochs } = await fit(build(seeded("zoo")), data, {
        epochs: 40,
        rng: seeded("order"),
        optimizer,
      });
      expect(epochs.at(-1)?.accuracy).to.equal(1);
    });
  }

  it("draws kernels within He's bound for what each output sees", () => {
    const model = depthwiseCnn(seeded("zoo"));
    for (const [name, fanIn] of [
      ["conv1", 9],
      ["block1_depthwise", 9],
      ["block2_pointwise", 32],
      ["logits", 64],
    ] as const) {
      const values = model.getLayer(name).getWeights()[0]!.dataSync<"float32">();
      const greatest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const bound = Math.sqrt(6 / fanIn);
      expect(greatest, name).to.be.within(0.9 * bound, bound);
    }
    expect([...model.getLayer("conv1_norm").getWeights()[0]!.dataSync()]).to.deep.equal(Array(16).fill(1));
  });
});
