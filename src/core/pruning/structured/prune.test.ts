import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { countModel } from "../../model/count.js";
import { findLayer, withWeights } from "../../model/edit.js";
import { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { sizeOf } from "../../tensor.js";
import { chooseBackend } from "../../training/index.js";
import { depthwiseCnn, residualCnn, teachingCnn, teachingMlp, tinyCnn } from "../../zoo/index.js";
import { pruneChannels } from "./index.js";

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tf.SymbolicTensor;
const dense = (name: string, units: number) => tf.layers.dense({ name, units });

describe("the pruning of channels", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  /** The VGG of MIT 6.5940, laboratory 1, for CIFAR-10: no biases, all normalized. */
  const vgg = (): LayerGraph => {
    const nodes: LayerNode[] = [
      {
        name: "in",
        kind: "InputLayer",
        config: { batchInputShape: [null, 32, 32, 3] },
        inputs: [],
        weights: [],
      },
    ];
    const add = (kind: string, config: Record<string, unknown>, shapes: number[][]): void => {
      const weights = shapes.map((shape) => ({
        shape,
        data: new Float32Array(shape.reduce((a, b) => a * b)),
      }));
      nodes.push({ name: `${kind}${nodes.length}`, kind, config, inputs: [nodes.at(-1)!.name], weights });
    };
    let depth = 3;
    for (const filters of [64, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0]) {
      if (filters === 0) {
        add("MaxPooling2D", { poolSize: 2 }, []);
        continue;
      }
      add("Conv2D", { filters, kernelSize: 3, padding: "same", useBias: false }, [[3, 3, depth, filters]]);
      add("BatchNormalization", {}, Array(4).fill([filters]));
      add("ReLU", {}, []);
      depth = filters;
    }
    add("GlobalAveragePooling2D", {}, []);
    add("Dense", { units: 10 }, [[512, 10], [10]]);
    return { nodes, outputs: [nodes.at(-1)!.name] };
  };

  it("leaves the multiplications that the MIT laboratory counts, of every convolution but the last", () => {
    // Its assertion: 305,388,064 after 30 % of the channels are gone. torchprofile, which it counts with, adds one
    // for each output of a batch normalization and of the mean.
    const convs = vgg()
      .nodes.filter(({ kind }) => kind === "Conv2D")
      .slice(0, -1);
    const sparsity = Object.fromEntries(convs.map(({ name }) => [name, 0.3]));
    const { macs, layers } = countModel(pruneChannels(vgg(), { sparsity }));
    const others = layers.filter(
      ({ kind }) => kind === "BatchNormalization" || kind === "GlobalAveragePooling2D",
    );
    expect(others.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), macs)).to.equal(305388064);
  });

  const layered = (kernels: Record<string, number[]>): LayerGraph => {
    const x = tf.input({ shape: [2] });
    const [a, b] = [apply(dense("a", 4), x), apply(dense("b", 4), x)];
    let graph = toLayerGraph(
      tf.model({ inputs: x, outputs: apply(dense("out", 1), apply(tf.layers.add(), a, b)) }),
    );
    for (const [name, data] of Object.entries(kernels)) {
      graph = withWeights(graph, name, [
        { shape: [2, 4], data: Float32Array.from(data) },
        { shape: [4], data: new Float32Array(4) },
      ]);
    }
    return graph;
  };
  /** Sums of |w| by channel: a 1, 2, 3, 4; b 9, 2, 0, 1; together 10, 4, 3, 5. */
  const two = () => layered({ a: [1, 1, 1, 2, 0, -1, 2, 2], b: [9, 2, 0, 1, 0, 0, 0, 0] });
  const keptOf = (graph: LayerGraph, name: string): number[] => [...findLayer(graph, name).weights[0]!.data];

  it("adds up the scores of channels that are tied", () => {
    const smaller = pruneChannels(two(), { sparsity: 0.5 });
    expect(keptOf(smaller, "a")).to.deep.equal([1, 2, 0, 2]);
    expect(keptOf(smaller, "b")).to.deep.equal([9, 1, 0, 0]);
  });

  it("takes the scores that it is given", () => {
    const smaller = pruneChannels(two(), { sparsity: { b: 0.5 }, score: () => [0, 1, 2, 3] });
    expect(keptOf(smaller, "a")).to.deep.equal([1, 2, 2, 2]);
  });

  it("keeps the strongest channel where all would go", () => {
    const smaller = pruneChannels(two(), { sparsity: 0.99 });
    expect(keptOf(smaller, "a")).to.deep.equal([1, 0]);
  });

  it("keeps a channel of each layer where a sum over a concatenation ties unlike layers", () => {
    // a and b are concatenated and added to c: each of a's channels is tied to one of c's first two, each of b's to one
    // of c's last two. a's are the weakest, so that half of the four would be both of a's.
    const x = tf.input({ shape: [2] });
    const joined = apply(tf.layers.concatenate(), apply(dense("a", 2), x), apply(dense("b", 2), x));
    const sum = apply(tf.layers.add(), joined, apply(dense("c", 4), x));
    const graph = toLayerGraph(tf.model({ inputs: x, outputs: apply(dense("out", 1), sum) }));
    const ones = (node: LayerNode) => new Array<number>(node.weights[0]!.shape[1]!).fill(1);
    const score = (node: LayerNode) => (node.name === "a" ? [0.5, 0.25] : ones(node));
    const units = (pruned: LayerGraph) => ["a", "b", "c"].map((name) => findLayer(pruned, name).config.units);
    expect(units(pruneChannels(graph, { sparsity: 0.5, score }))).to.deep.equal([1, 1, 2]);
    expect(units(pruneChannels(graph, { sparsity: 0.99, score }))).to.deep.equal([1, 1, 2]);
    const [first] = findLayer(graph, "a").weights;
    const [left] = findLayer(pruneChannels(graph, { sparsity: 0.5, score }), "a").weights;
    expect([...left!.data]).to.deep.equal([first!.data[0], first!.data[2]]);
  });

  it("leaves groups alone that aren't named, and all at a sparsity of 0", () => {
    const graph = toLayerGraph(teachingCnn(seeded("alone")));
    expect(pruneChannels(graph, { sparsity: 0 })).to.deep.equal(graph);
    const { name } = graph.nodes[6]!;
    const smaller = pruneChannels(graph, { sparsity: { [name]: 0.25 } });
    expect(smaller.nodes.map(({ config }) => config.filters ?? config.units).filter(Boolean)).to.deep.equal([
      16, 32, 48, 10,
    ]);
  });

  for (const make of [teachingMlp, teachingCnn, tinyCnn, residualCnn, depthwiseCnn]) {
    it(`leaves a model that tfjs builds and runs: ${make.name}`, () => {
      const graph = toLayerGraph(make(seeded("zoo")));
      const pruned = pruneChannels(graph, { sparsity: 0.5 });
      const model = fromLayerGraph(pruned);
      const { parameters, macs } = countModel(pruned);
      expect(model.countParams()).to.equal(parameters);
      expect(macs).to.be.below(0.6 * countModel(graph).macs);
      const answers = tf.tidy(() => [...(model.predict(tf.ones([1, 28, 28, 1])) as tf.Tensor).dataSync()]);
      expect(answers).to.have.length(10);
      expect(answers).to.satisfy((all: number[]) => all.every(Number.isFinite));
    });
  }

  const refusals: [string, () => unknown, string][] = [
    ["a sparsity of 1", () => pruneChannels(two(), { sparsity: 1 }), "sparsity must be in [0, 1), got 1"],
    [
      "a layer's sparsity of 1",
      () => pruneChannels(two(), { sparsity: { a: 1 } }),
      "sparsity of layer a must be in [0, 1), got 1. Use 0.5 to remove half of the channels.",
    ],
    [
      "a number for options",
      () => pruneChannels(two(), 0.5 as never),
      "sparsity must be in [0, 1), got undefined",
    ],
    ["no options", () => pruneChannels(two(), undefined as never), "got undefined"],
    [
      "a tfjs model",
      () => pruneChannels(teachingMlp(seeded("a")) as never, { sparsity: 0.5 }),
      "the graph is a Sequential. Take the model apart with toLayerGraph.",
    ],
    [
      "two sparsities for one group",
      () => pruneChannels(two(), { sparsity: { a: 0.5, b: 0.25 } }),
      "layers a, b shrink together, but have the sparsities 0.5, 0.25",
    ],
    [
      "a layer whose channels can't go",
      () => pruneChannels(two(), { sparsity: { out: 0.5 } }),
      "layer out has no channels that can be removed. Name some of a, b.",
    ],
    [
      "scores that don't fit",
      () => pruneChannels(two(), { sparsity: 0.5, score: () => [1] }),
      "layer a has 4 channels, but 1 scores",
    ],
    [
      "scores that are NaN",
      () => pruneChannels(two(), { sparsity: 0.5, score: () => [1, 2, NaN, 3] }),
      "there is NaN in the score, at index 2",
    ],
  ];
  for (const [what, work, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
