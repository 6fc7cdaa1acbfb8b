import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { teachingCnn } from "../zoo/index.js";
import { fromLayerGraph, type LayerGraph, toLayerGraph } from "./index.js";

describe("a layer graph", () => {
  before(async () => {
    await tf.setBackend("wasm");
  });

  const outputs = (model: tf.LayersModel, shape: number[]): number[] =>
    tf.tidy(() => [
      ...(model.predict(tf.randomUniform([2, ...shape], -1, 1, "float32", 5)) as tf.Tensor).dataSync(),
    ]);

  it("rebuilds a sequential model that answers alike", () => {
    const model = teachingCnn(seeded("graph"));
    const rebuilt = fromLayerGraph(toLayerGraph(model));
    expect(outputs(rebuilt, [28, 28, 1])).to.deep.equal(outputs(model, [28, 28, 1]));
  });

  it("rebuilds a model with a residual connection and a batch normalization", () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const conv = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", useBias: false });
    const normed = tf.layers.batchNormalization({ epsilon: 0.01 }).apply(conv.apply(input));
    const sum = tf.layers.add().apply([input, normed as tf.SymbolicTensor]);
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.globalAveragePooling2d({}).apply(sum) as tf.SymbolicTensor,
    });
    const graph = toLayerGraph(model);
    expect(graph.nodes.map(({ kind }) => kind)).to.deep.equal([
      "InputLayer",
      "Conv2D",
      "BatchNormalization",
      "Add",
      "GlobalAveragePooling2D",
    ]);
    expect(graph.nodes[2]?.weights.map(({ shape }) => shape)).to.deep.equal([[3], [3], [3], [3]]);
    expect(outputs(fromLayerGraph(graph), [8, 8, 3])).to.deep.equal(outputs(model, [8, 8, 3]));
  });

  it("copies the weights: changing the model later does not change the graph", () => {
    const model = teachingCnn(seeded("copy"));
    const graph = toLayerGraph(model);
    const kept = graph.nodes[1]!.weights[0]!.data[0];
    tf.tidy(() => model.layers[1]!.setWeights(model.layers[1]!.getWeights().map((w) => w.mul(2))));
    expect(graph.nodes[1]?.weights[0]?.data[0]).to.equal(kept);
  });

  it("is left alone by the model that is built from it", () => {
    const graph = toLayerGraph(teachingCnn(seeded("alone")));
    const before = structuredClone(graph);
    fromLayerGraph(graph).dispose();
    expect(graph).to.deep.equal(before);
  });

  it("keeps no tensors but the models' own", () => {
    const model = teachingCnn(seeded("leak"));
    const before = tf.memory().numTensors;
    fromLayerGraph(toLayerGraph(model)).dispose();
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("refuses a layer that is used twice", () => {
    const input = tf.input({ shape: [4] });
    const dense = tf.layers.dense({ units: 4, name: "twice" });
    const output = dense.apply(dense.apply(input)) as tf.SymbolicTensor;
    expect(() => toLayerGraph(tf.model({ inputs: input, outputs: output }))).to.throw(
      LabError,
      "layer twice is used 2 times",
    );
  });

  it("refuses weights that do not fit their layer", () => {
    const graph = toLayerGraph(teachingCnn(seeded("fit")));
    const nodes = graph.nodes.map((node) =>
      node.kind === "Dense" ? { ...node, weights: node.weights.slice(1) } : node,
    );
    const wrong: LayerGraph = { ...graph, nodes };
    expect(() => fromLayerGraph(wrong)).to.throw(LabError, "needs weights [1568, 64] [64], got [64]");
  });

  it("refuses an unknown kind of layer", () => {
    const graph = toLayerGraph(teachingCnn(seeded("kind")));
    const nodes = graph.nodes.map((node) => (node.kind === "Flatten" ? { ...node, kind: "Fold" } : node));
    expect(() => fromLayerGraph({ ...graph, nodes })).to.throw(LabError, "unknown kind Fold");
  });
});
