import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { teachingCnn } from "../zoo/index.js";
import {
  consumersOf,
  countModel,
  findLayer,
  foldBatchNorm,
  fromLayerGraph,
  type LayerGraph,
  linearLayerBefore,
  outputShapes,
  replaceNodes,
  toLayerGraph,
  withWeights,
} from "./index.js";
import { kernelOf, layersWithKernels } from "./kernel.js";

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

  it("keeps the order of the inputs, whoever takes which first, and inputs that nobody takes", () => {
    const [a, b, c] = [2, 3, 4].map((n) => tf.input({ shape: [n], name: `input${n}` }));
    const joined = tf.layers.concatenate().apply([b!, a!]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [a!, b!, c!], outputs: joined });
    const answer = (of: tf.LayersModel): number[] =>
      tf.tidy(() => [
        ...(of.predict([tf.ones([1, 2]), tf.zeros([1, 3]), tf.ones([1, 4])]) as tf.Tensor).dataSync(),
      ]);
    const rebuilt = fromLayerGraph(toLayerGraph(model));
    expect(rebuilt.inputNames).to.deep.equal(["input2", "input3", "input4"]);
    expect(answer(rebuilt)).to.deep.equal([0, 0, 0, 1, 1]);
    expect(answer(rebuilt)).to.deep.equal(answer(model));
  });

  it("builds what its outputs are computed from, and leaves no tensors of anything else", () => {
    const graph = toLayerGraph(teachingCnn(seeded("part")));
    const before = tf.memory().numTensors;
    const part = fromLayerGraph({ ...graph, outputs: ["conv2"] });
    expect(part.layers.map(({ name }) => name)).to.deep.equal(["image", "conv1", "pool1", "conv2"]);
    part.dispose();
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("leaves no tensors where it can't be built", () => {
    const graph = toLayerGraph(teachingCnn(seeded("broken")));
    const unfit = graph.nodes.map((node) => (node.name === "dense1" ? { ...node, weights: [] } : node));
    const before = tf.memory().numTensors;
    expect(() => fromLayerGraph({ ...graph, nodes: unfit })).to.throw(LabError, "layer dense1 needs weights");
    expect(() => fromLayerGraph({ ...graph, outputs: ["logits", "nowhere"] })).to.throw(LabError, "nowhere");
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("shares no numbers with the model that is built from it, on the plain JavaScript backend either", async () => {
    await tf.setBackend("cpu");
    try {
      const graph = toLayerGraph(teachingCnn(seeded("shared")));
      const kept = graph.nodes[1]!.weights[0]!.data[0]!;
      const model = fromLayerGraph(graph);
      graph.nodes[1]!.weights[0]!.data[0] = 5;
      expect(model.layers[1]!.getWeights()[0]!.dataSync()[0]).to.equal(kept);
    } finally {
      await tf.setBackend("wasm");
    }
  });

  it("is told from values of another kind", () => {
    const model = teachingCnn(seeded("model"));
    const others: [unknown, string][] = [
      [model, "the graph is a Sequential. Take the model apart with toLayerGraph."],
      [undefined, "the graph is undefined. Take"],
      [Promise.resolve(toLayerGraph(model)), "the graph is a Promise. Write await"],
    ];
    for (const [other, message] of others) {
      const graph = other as LayerGraph;
      const node = { name: "a", kind: "Dense", config: {}, inputs: ["b"], weights: [] };
      for (const use of [
        () => fromLayerGraph(graph),
        () => countModel(graph),
        () => outputShapes(graph),
        () => foldBatchNorm(graph),
        () => findLayer(graph, "a"),
        () => consumersOf(graph, "a"),
        () => replaceNodes(graph, "a", []),
        () => withWeights(graph, "a", []),
        () => linearLayerBefore(graph, node),
        () => layersWithKernels(graph),
        () => kernelOf(graph, "a"),
      ]) {
        expect(use).to.throw(LabError, message);
      }
    }
  });

  it("is made of a tfjs model and nothing else", () => {
    const graph = toLayerGraph(teachingCnn(seeded("again")));
    for (const [other, message] of [
      [graph, "the model is an object of another kind. Give a tfjs model"],
      [undefined, "the model is undefined"],
      [Promise.resolve(teachingCnn(seeded("late"))), "the model is a Promise. Write await"],
    ] as const) {
      expect(() => toLayerGraph(other as unknown as tf.LayersModel)).to.throw(LabError, message);
    }
  });

  it("says which layer tfjs could not build", () => {
    const graph = toLayerGraph(teachingCnn(seeded("config")));
    const nodes = graph.nodes.map((node) =>
      node.kind === "MaxPooling2D" ? { ...node, config: { ...node.config, padding: "sideways" } } : node,
    );
    const tensors = tf.memory().numTensors;
    expect(() => fromLayerGraph({ ...graph, nodes })).to.throw(LabError, /^layer pool1 \(MaxPooling2D\): /);
    expect(tf.memory().numTensors).to.equal(tensors);
  });
});
