import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { seeded } from "../random.js";
import { normalTensor, type Tensor, uniformTensor } from "../tensor.js";
import { foldBatchNorm } from "./fold-batch-norm.js";
import { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph } from "./index.js";

interface Case {
  name: string;
  kind: string;
  config: Record<string, unknown>;
  shape: number[];
  layer: number[][];
  norm: number[][];
  folded: [number[], number[]];
}

const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/fold-batch-norm.json", import.meta.url), "utf8"),
);

const vector = (values: number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) });

/** Input → layer → normalization. */
function graphOf({ kind, config, shape, layer, norm }: Case): LayerGraph {
  const [kernel = [], ...bias] = layer;
  const weights = [{ shape, data: Float32Array.from(kernel) }, ...bias.map(vector)];
  const input = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };
  const first = { name: "layer", kind, config: { useBias: bias.length > 0 }, inputs: ["in"], weights };
  const last = {
    name: "norm",
    kind: "BatchNormalization",
    config,
    inputs: ["layer"],
    weights: norm.map(vector),
  };
  return { nodes: [input, first, last], outputs: ["norm"] };
}

/** Two ways to the same float64 number may differ in its last bits, and then in the last bit of a float32. */
const closeTo = (actual: Float32Array, expected: number[], what: string): void => {
  expect(actual.length, what).to.equal(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value), `${what} ${i}`).to.be.at.most(Math.abs(value) * 2 ** -23);
  });
};

describe("folding a batch normalization", () => {
  before(async () => {
    await tf.setBackend("wasm");
  });

  for (const given of cases) {
    it(`gives torch's weights for ${given.name}`, () => {
      const folded = foldBatchNorm(graphOf(given));
      expect(folded.outputs).to.deep.equal(["layer"]);
      expect(folded.nodes.map(({ kind }) => kind)).to.deep.equal(["InputLayer", given.kind]);
      const [kernel, bias] = folded.nodes[1]!.weights;
      expect(kernel?.shape).to.deep.equal(given.shape);
      closeTo(kernel!.data, given.folded[0], "kernel");
      closeTo(bias!.data, given.folded[1], "bias");
      expect(folded.nodes[1]!.config.useBias).to.equal(true);
    });
  }

  it("leaves the answers of a model with convolutions, a depthwise one and a dense one as they are", () => {
    const rng = seeded("fold");
    const model = tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [6, 6, 2] }),
        tf.layers.conv2d({ filters: 3, kernelSize: 3, useBias: false }),
        tf.layers.batchNormalization(),
        tf.layers.reLU(),
        tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
        tf.layers.batchNormalization({ axis: 3, scale: false }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4 }),
        tf.layers.batchNormalization({ center: false }),
      ],
    });
    const graph = drawn(toLayerGraph(model), rng);
    const folded = foldBatchNorm(graph);
    expect(folded.nodes.some(({ kind }) => kind === "BatchNormalization")).to.equal(false);
    const x = uniformTensor(rng, [5, 6, 6, 2], -1, 1);
    const before = run(graph, x);
    // Each of the three sums has at most 25 terms and 4 steps of normalization, each rounded to float32:
    // relative to the sum of absolute values, 3 · 29 · 2^-24 for each of the two models.
    const slack = 2 * 3 * 29 * 2 ** -24 * largestSum(graph);
    run(folded, x).forEach((y, i) => {
      expect(Math.abs(y - before[i]!)).to.be.at.most(slack);
    });
  });

  const conv = { filters: 2, kernelSize: 3, padding: "same" } as const;
  const untouched: [string, (x: tf.SymbolicTensor) => tf.SymbolicTensor][] = [
    [
      "after an addition",
      (x) => {
        const sum = tf.layers.add().apply([x, tf.layers.conv2d(conv).apply(x) as tf.SymbolicTensor]);
        return tf.layers.batchNormalization().apply(sum) as tf.SymbolicTensor;
      },
    ],
    [
      "after a convolution with an activation",
      (x) => {
        const active = tf.layers.conv2d({ ...conv, activation: "relu" }).apply(x);
        return tf.layers.batchNormalization().apply(active) as tf.SymbolicTensor;
      },
    ],
    [
      "after a convolution with a second consumer",
      (x) => {
        const made = tf.layers.conv2d(conv).apply(x) as tf.SymbolicTensor;
        const normed = tf.layers.batchNormalization().apply(made) as tf.SymbolicTensor;
        return tf.layers.add().apply([made, normed]) as tf.SymbolicTensor;
      },
    ],
    [
      "over an axis that is not the channels",
      (x) =>
        tf.layers.batchNormalization({ axis: 1 }).apply(tf.layers.conv2d(conv).apply(x)) as tf.SymbolicTensor,
    ],
  ];
  for (const [name, build] of untouched) {
    it(`leaves alone a normalization ${name}`, () => {
      const input = tf.input({ shape: [4, 4, 2] });
      const graph = toLayerGraph(tf.model({ inputs: input, outputs: build(input) }));
      expect(foldBatchNorm(graph)).to.deep.equal(graph);
    });
  }

  it("leaves alone a normalization after a layer that is an output of the model", () => {
    const graph = { ...graphOf(cases[0]!), outputs: ["layer", "norm"] };
    expect(foldBatchNorm(graph)).to.deep.equal(graph);
  });

  it("does not change the graph that it is given", () => {
    const graph = graphOf(cases[0]!);
    foldBatchNorm(graph);
    expect(graph).to.deep.equal(graphOf(cases[0]!));
  });

  it("refuses a variance that is negative, and weights that are no numbers", () => {
    const bad = (variance: number): LayerGraph =>
      graphOf({ ...cases[0]!, norm: [...cases[0]!.norm.slice(0, 3), Array(4).fill(variance)] });
    expect(() => foldBatchNorm(bad(-1))).to.throw(LabError, "variance + epsilon of layer norm is -0.999");
    expect(() => foldBatchNorm(bad(Number.NaN))).to.throw(LabError, "there is NaN in a weight of layer norm");
  });
});

describe("folding refuses", () => {
  const input = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };
  const kernel: Tensor = { shape: [1, 2], data: Float32Array.of(3, 4) };
  const two = vector([1, 1]);
  const graph = (
    layer: readonly Tensor[],
    norm: readonly Tensor[],
    config: Record<string, unknown> = {},
    kind = "Dense",
  ): LayerGraph => ({
    nodes: [
      input,
      { name: "layer", kind, config: {}, inputs: ["in"], weights: layer },
      { name: "norm", kind: "BatchNormalization", config, inputs: ["layer"], weights: norm },
    ],
    outputs: ["norm"],
  });
  const four = [two, two, two, two];
  const deep: Tensor = { shape: [1, 1, 2, 2], data: new Float32Array(4) };
  const refusals: [string, LayerGraph, string][] = [
    ["a layer without a kernel", graph([], four), "layer layer has no kernel"],
    ["a normalization without weights", graph([kernel], []), "layer norm has 0 weights instead of 4"],
    ["too few weights", graph([kernel], [two, two, two]), "layer norm has 3 weights instead of 4"],
    ["too many", graph([kernel], four, { scale: false }), "layer norm has 4 weights instead of 3"],
    [
      "more without center",
      graph([kernel], [two, two, two], { scale: false, center: false }),
      "instead of 2",
    ],
    [
      "as many numbers as channels of another layer",
      graph([kernel], [two, two, two, vector([1, 1, 1])]),
      "a weight of layer norm holds 3 numbers, and layer layer has 2 channels",
    ],
    ["one number for all", graph([kernel], [two, two, vector([0]), two]), "layer norm holds 1 numbers"],
    [
      "channels of a depthwise kernel that are not counted",
      graph([deep], four, {}, "DepthwiseConv2D"),
      "layer norm holds 2 numbers, and layer layer has 4 channels",
    ],
    [
      "a bias of another length",
      graph([kernel, vector([1])], four),
      "a weight of layer layer holds 1 numbers, and layer layer has 2 channels",
    ],
    [
      "a kernel with NaN",
      graph([{ shape: [1, 2], data: Float32Array.of(1, Number.NaN) }], four),
      "there is NaN in the kernel of layer layer",
    ],
    [
      "a bias that is infinite",
      graph([kernel, vector([1, Number.POSITIVE_INFINITY])], four),
      "there is Infinity in a weight of layer layer",
    ],
    [
      "a kernel that overflows when scaled",
      graph([{ shape: [1, 2], data: Float32Array.of(1, 3e38) }], [vector([1, 10]), two, two, two]),
      "there is Infinity in the folded kernel of layer layer, at index 1",
    ],
    [
      "a bias that overflows when shifted",
      graph([{ ...kernel, data: new Float32Array(2) }], [vector([1, 3e38]), two, vector([0, 3e38]), two]),
      "there is -Infinity in the folded bias of layer layer, at index 1",
    ],
    [
      "an epsilon that is infinite",
      graph([kernel], four, { epsilon: Number.POSITIVE_INFINITY }),
      "variance + epsilon of layer norm is Infinity",
    ],
    [
      "a kernel whose shape is another",
      graph([{ ...kernel, shape: [2, 2] }], four),
      "of a weight of layer layer holds",
    ],
  ];
  for (const [what, given, message] of refusals) {
    it(what, () => {
      expect(() => foldBatchNorm(given)).to.throw(LabError, message);
    });
  }
});

/** The graph with random weights; those of variances are positive. */
function drawn(graph: LayerGraph, rng: ReturnType<typeof seeded>): LayerGraph {
  const draw = (node: LayerNode, i: number): Tensor => {
    const { shape } = node.weights[i]!;
    const isVariance = node.kind === "BatchNormalization" && i === node.weights.length - 1;
    return isVariance ? uniformTensor(rng, shape, 0.2, 2) : normalTensor(rng, shape, 0, 0.5);
  };
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, weights: node.weights.map((_, i) => draw(node, i)) })),
  };
}

/** A bound of the absolute values that any output of the last layer sums up, for inputs of at most 1. */
function largestSum({ nodes }: LayerGraph): number {
  return nodes.reduce((largest, { kind, config, weights }) => {
    const values = weights.map(({ data }) => [...data].map(Math.abs));
    if (kind === "BatchNormalization") {
      const gamma = config.scale === false ? undefined : values.shift();
      const beta = config.center === false ? undefined : values.shift();
      const [mean = [], variance = []] = values;
      const scaled = mean.map((mu, c) => ((largest + mu) * (gamma?.[c] ?? 1)) / Math.sqrt(variance[c]!));
      return Math.max(...scaled.map((value, c) => value + (beta?.[c] ?? 0)));
    }
    const [kernel, bias] = values;
    if (!kernel) return largest;
    const outputs = weights[0]!.shape.slice(kind === "DepthwiseConv2D" ? 2 : -1).reduce((a, n) => a * n, 1);
    const sums = Array.from({ length: outputs }, (_, c) => bias?.[c] ?? 0);
    kernel.forEach((w, i) => {
      sums[i % outputs]! += w * largest;
    });
    return Math.max(...sums);
  }, 1);
}

function run(graph: LayerGraph, { data, shape }: Tensor): number[] {
  return tf.tidy(() => [
    ...(fromLayerGraph(graph).predict(tf.tensor(data, [...shape])) as tf.Tensor).dataSync(),
  ]);
}
