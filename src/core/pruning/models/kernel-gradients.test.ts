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
