import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import type { Dataset } from "../../data/index.js";
import { findLayer, type LayerGraph, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { chooseBackend } from "../../training/index.js";
import { initialize } from "../../zoo/initialize.js";
import { graphOf, refusal, train } from "../fixtures/perceptron.js";
import { kernelGradients } from "./index.js";

describe("the gradients of kernels", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  /** Of one dense layer: ∂L/∂W = Xᵀ(softmax(XW + b) - Y) / count, in float64. */
  function closedForm(graph: LayerGraph, { inputs, labels, classes }: Dataset): number[] {
    const [kernel, bias] = findLayer(graph, "only").weights;
    const gradient = new Array<number>(2 * classes).fill(0);
    labels.forEach((label, row) => {
      const x = [...inputs.data.subarray(2 * row, 2 * row + 2)];
      const z = Array.from(
        { length: classes },
        (_, j) => bias!.data[j]! + x[0]! * kernel!.data[j]! + x[1]! * kernel!.data[classes + j]!,
      );
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      z.forEach((value, j) => {
        const error = Math.exp(value) / sum - (j === label ? 1 : 0);
        gradient[j]! += (x[0]! * error) / labels.length;
        gradient[classes + j]! += (x[1]! * error) / labels.length;
      });
    });
    return gradient;
  }

  it("are those of the closed form, in whatever batches, also of a frozen layer", async () => {
    for (const trainable of [true, false]) {
      const layers = [tf.layers.dense({ name: "only", inputShape: [2], units: 4, trainable })];
      const graph = toLayerGraph(initialize(tf.sequential({ layers }), seeded("closed")));
      for (const batchSize of [5, 32, 100]) {
        const gradients = await kernelGradients(graph, train, { batchSize });
        const wanted = closedForm(graph, train);
        expect([...gradients.keys()]).to.deep.equal(["only"]);
        // A mean of 32 terms below 4, each rounded a few times in float32: 32·4·2^-24 / 8 = 1e-6.
        gradients.get("only")!.data.forEach((g, i) => {
          expect(g).to.be.closeTo(wanted[i]!, 1e-6);
        });
      }
    }
  });

  it("leave no tensors behind", async () => {
    const graph = graphOf("leak");
    const before = tf.memory().numTensors;
    await kernelGradients(graph, train);
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("are 0 for kernels that the logits don't depend on", async () => {
    const x = tf.input({ shape: [2] });
    const apply = (name: string, units: number, to: tf.SymbolicTensor) =>
      tf.layers.dense({ name, units }).apply(to) as tf.SymbolicTensor;
    const shared = apply("shared", 3, x);
    const outputs = [apply("only", 4, x), apply("other", 2, shared)];
    const graph = toLayerGraph(initialize(tf.model({ inputs: x, outputs }), seeded("two")));
    for (const part of [graph, { ...graph, outputs: ["only"] }]) {
      const gradients = await kernelGradients(part, train);
      const shapes = Object.fromEntries([...gradients].map(([name, { shape }]) => [name, shape]));
      expect(shapes).to.deep.equal({ only: [2, 4], shared: [2, 3], other: [3, 2] });
      for (const name of ["shared", "other"]) {
        expect([...gradients.get(name)!.data]).to.satisfy((all: number[]) => all.every((g) => g === 0));
      }
      expect(gradients.get("only")!.data.some((g) => g !== 0)).to.equal(true);
    }
  });

  it("show how far they are", async () => {
    const shown: number[][] = [];
    const onProgress = ({ done, of }: { done: number; of: number }) => void shown.push([done, of]);
    await kernelGradients(graphOf("a"), train, { batchSize: 12, onProgress });
    expect(shown).to.deep.equal([
      [12, 32],
      [24, 32],
      [32, 32],
    ]);
  });

  it("refuse what the model can't take, and leave no tensors of it", async () => {
    const graph = graphOf("refuse");
    const before = tf.memory().numTensors;
    const nan = { shape: [32, 2], data: train.inputs.data.map((x, i) => (i === 3 ? Number.NaN : x)) };
    const wide = { shape: [32, 3], data: new Float32Array(96) };
    const bare: LayerGraph = { nodes: graph.nodes.slice(0, 1), outputs: [graph.nodes[0]!.name] };
    const refusals: [unknown, Dataset, string][] = [
      [graph, { ...train, inputs: nan }, "there is NaN in the inputs, at index 3"],
      [graph, { ...train, inputs: wide }, "the model takes [count, 2], got inputs [32, 3]"],
      [graph, { ...train, classes: 5 }, "5 classes, but the model gives [count, 4]"],
      [undefined, train, "the graph is undefined"],
      [bare, { ...train, labels: new Int32Array(32), classes: 2 }, "the list of layers with a kernel"],
    ];
    for (const [of, data, message] of refusals) {
      expect(await refusal(kernelGradients(of as LayerGraph, data))).to.include(message);
    }
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("refuse data that are none", async () => {
    const empty = {
      inputs: { shape: [0, 2], data: new Float32Array() },
      labels: new Int32Array(),
      classes: 4,
    };
    expect(await refusal(kernelGradients(graphOf("a"), empty))).to.include(
      "the data set has 0 inputs and 0 labels",
    );
    expect(await refusal(kernelGradients(graphOf("a"), train, { batchSize: 0 }))).to.include(
      "batchSize must be an integer",
    );
  });
});
