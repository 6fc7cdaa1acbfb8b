import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../errors.js";
import {
  countModel,
  fromLayerGraph,
  type LayerGraph,
  type LayerNode,
  toLayerGraph,
  toTensor,
} from "../model/index.js";
import { seeded } from "../random.js";
import { normalTensor, sizeOf, type Tensor, tensor, uniformTensor } from "../tensor.js";
import { teachingCnn, teachingMlp } from "../zoo/index.js";
import { factorizeLayer, type LowRankOptions, planLowRank } from "./plan.js";
import { lowRankReport } from "./report.js";

describe("factorizeLayer", () => {
  for (const [what, config, full] of [
    ["'same' and relu", { padding: "same", activation: "relu" }, { channel: 5, spatial: 9 }],
    ["'valid' without a bias", { padding: "valid", useBias: false }, { channel: 5, spatial: 9 }],
    ["strides of 2 and 1", { padding: "same", strides: [2, 1] }, { channel: 5, spatial: 9 }],
    ["strides of 3, 'valid'", { padding: "valid", strides: 3 }, { channel: 5, spatial: 9 }],
    ["dilation of 1 and 2", { padding: "same", dilationRate: [1, 2] }, { channel: 5, spatial: 9 }],
    ["a kernel of 2×4", { padding: "same", kernelSize: [2, 4] }, { channel: 5, spatial: 6 }],
    ["a kernel of 1×1", { padding: "same", kernelSize: 1, strides: 2 }, { channel: 3, spatial: 3 }],
  ] as const) {
    const graph = convNet(config);
    it(`at full rank, leaves the answers of a convolution as they are: ${what}`, () => {
      expectSameAnswers(graph, factorizeLayer(graph, "conv", { method: "channel", rank: full.channel }));
      expectSameAnswers(graph, factorizeLayer(graph, "conv", { method: "spatial", rank: full.spatial }));
      const rankOut = what === "a kernel of 1×1" ? 3 : 5;
      expectSameAnswers(graph, factorizeLayer(graph, "conv", { method: "tucker", rankIn: 3, rankOut }));
    });

    it(`costs what the plan says, by our count and by tfjs': ${what}`, () => {
      for (const options of [
        { method: "channel", rank: 2 },
        { method: "spatial", rank: 2 },
        { method: "tucker", rankIn: 2, rankOut: 3 },
      ] as const) {
        expectPredicted(graph, "conv", options);
      }
    });
  }

  it("at full rank, leaves the answers of dense layers as they are, also of those on rows", () => {
    const graph = denseNet();
    expectSameAnswers(graph, factorizeLayer(graph, "rows", { method: "dense", rank: 4 }));
    expectSameAnswers(graph, factorizeLayer(graph, "logits", { method: "dense", rank: 3 }));
    for (const name of ["rows", "logits"]) expectPredicted(graph, name, { method: "dense", rank: 2 });
  });

  it("is exact at the rank that a kernel really has", () => {
    const graph = convNet({ padding: "same", activation: "relu" });
    const conv = graph.nodes.find(({ name }) => name === "conv")!;
    // All outputs are multiples of one of two filters.
    const kernel = tensor(
      conv.weights[0]!.shape,
      conv.weights[0]!.data.map(
        (_, i) => conv.weights[0]!.data[Math.floor(i / 5) * 5 + (i % 2)]! * (1 + (i % 5)),
      ),
    );
    const low = withKernel(graph, "conv", kernel);
    const plan = planLowRank(low, "conv", { method: "channel", energy: 1 - 2 ** -40 });
    expect(plan.ranks).to.deep.equal([2]);
    expectSameAnswers(low, factorizeLayer(low, "conv", { method: "channel", rank: 2 }));
  });

  it("follows branches: who took the layer's output takes the last factor's", () => {
    const input = tf.input({ shape: [6, 6, 3] });
    const conv = tf.layers.conv2d({
      name: "conv",
      filters: 3,
      kernelSize: 3,
      padding: "same",
      activation: "relu",
    });
    const x = conv.apply(input) as tf.SymbolicTensor;
    const sum = tf.layers.add({ name: "sum" }).apply([input, x]) as tf.SymbolicTensor;
    const graph = drawn(tf.model({ inputs: input, outputs: [sum, x] }));
    const factorized = factorizeLayer(graph, "conv", { method: "tucker", rankIn: 3, rankOut: 3 });
    expect(factorized.outputs).to.deep.equal(["sum", "conv_out"]);
    expectSameAnswers(graph, factorized);
  });

  it("can be applied to layer after layer", () => {
    const graph = toLayerGraph(teachingCnn(seeded("cnn")));
    const isFirst = ({ kind }: LayerNode, i: number) => kind === "Conv2D" && i === 1;
    const names = graph.nodes.filter((node, i) => /Conv2D|Dense/.test(node.kind) && !isFirst(node, i));
    const small = names.reduce<LayerGraph>((g, { name, kind }) => {
      const energy = 0.5;
      const options =
        kind === "Dense" ? ({ method: "dense", energy } as const) : ({ method: "tucker", energy } as const);
      return factorizeLayer(g, name, options);
    }, graph);
    expect(countModel(small).parameters).to.be.below(countModel(graph).parameters);
    expect(fromLayerGraph(small).countParams()).to.equal(countModel(small).parameters);
  });

  it("leaves the graph and the other layers alone", () => {
    const graph = toLayerGraph(teachingMlp(seeded("mlp")));
    const before = structuredClone(graph);
    const name = graph.nodes[2]!.name;
    const factorized = factorizeLayer(graph, name, { method: "dense", rank: 3 });
    expect(JSON.stringify(graph)).to.equal(JSON.stringify(before));
    for (const node of graph.nodes.filter((n) => n.name !== name && !n.inputs.includes(name))) {
      expect(factorized.nodes.find((n) => n.name === node.name)).to.deep.equal(node);
    }
  });

  it("refuses a layer of another kind, and a name that is taken", () => {
    const graph = convNet({ padding: "same" });
    const at = (name: string, options: LowRankOptions) => () => factorizeLayer(graph, name, options);
    expect(at("conv", { method: "dense", rank: 1 })).to.throw(LabError, "conv is a Conv2D");
    expect(at("logits", { method: "tucker", rankIn: 1, rankOut: 1 })).to.throw(LabError, "logits is a Dense");
    expect(at("flat", { method: "dense", rank: 1 })).to.throw(LabError, "flat is a Flatten");
    expect(at("none", { method: "dense", rank: 1 })).to.throw(LabError, "there is no layer none");
    expect(at("conv", { method: "svd", rank: 1 } as unknown as LowRankOptions)).to.throw(LabError, '"svd"');
    const nodes = graph.nodes.map((node) => (node.name === "logits" ? { ...node, name: "conv_in" } : node));
    const taken = { nodes, outputs: ["conv_in"] };
    expect(() => factorizeLayer(taken, "conv", { method: "channel", rank: 1 })).to.throw(LabError, "conv_in");
  });
});

describe("planLowRank", () => {
  const graph = convNet({ padding: "same", activation: "relu" });

  it("takes the smallest rank that keeps the energy", () => {
    for (const method of ["channel", "spatial"] as const) {
      for (const energy of [0.3, 0.7, 0.95]) {
        const { ranks, error } = planLowRank(graph, "conv", { method, energy });
        expect(1 - error ** 2).to.be.at.least(energy);
        if (ranks[0] === 1) continue;
        const less = planLowRank(graph, "conv", { method, rank: ranks[0]! - 1 });
        expect(1 - less.error ** 2).to.be.below(energy);
      }
    }
  });

  it("keeps the energy along both channel axes with Tucker-2", () => {
    const { ranks, error } = planLowRank(graph, "conv", { method: "tucker", energy: 0.9 });
    expect(ranks).to.have.length(2);
    // Each of the two axes loses at most a tenth: the sum bounds the squared error.
    expect(error ** 2).to.be.at.most(0.2);
    expect(planLowRank(graph, "conv", { method: "tucker", energy: 1 }).ranks).to.deep.equal([3, 5]);
  });

  it("stays within a budget, and uses it", () => {
    for (const [options, next] of [
      [{ method: "channel", budget: { parameters: 100 } }, 32],
      [{ method: "spatial", budget: { macs: 5000 } }, 8 * 7 * 24],
      [{ method: "tucker", budget: { parameters: 100 } }, 9 * 5 + 3],
      [{ method: "tucker", budget: { parameters: 120, macs: 5000 } }, Number.POSITIVE_INFINITY],
    ] as const) {
      const { after } = planLowRank(graph, "conv", options);
      const {
        parameters = Number.POSITIVE_INFINITY,
        macs = Number.POSITIVE_INFINITY,
      }: {
        parameters?: number;
        macs?: number;
      } = options.budget;
      expect(after.parameters).to.be.at.most(parameters);
      expect(after.macs).to.be.at.most(macs);
      const left = Math.min(parameters - after.parameters, macs - after.macs);
      expect(left, JSON.stringify(options)).to.be.below(next);
    }
  });

  it("finds with a budget the pair of ranks with the least bound of all", () => {
    const budget = { parameters: 90 };
    const { ranks } = planLowRank(graph, "conv", { method: "tucker", budget });
    const bounds = pairs(3, 5).flatMap(([rankIn, rankOut]) => {
      const plan = planLowRank(graph, "conv", { method: "tucker", rankIn, rankOut });
      if (plan.after.parameters > budget.parameters) return [];
      // A full rank along the other axis leaves what this one loses.
      const lost = (at: { rankIn: number; rankOut: number }) =>
        planLowRank(graph, "conv", { method: "tucker", ...at }).error ** 2;
      return [
        { ranks: [rankIn, rankOut], bound: lost({ rankIn, rankOut: 5 }) + lost({ rankIn: 3, rankOut }) },
      ];
    });
    const least = bounds.reduce((a, b) => (b.bound < a.bound - 1e-12 ? b : a));
    expect(ranks).to.deep.equal(least.ranks);
  });

  it("takes the smallest ranks where more would bring nothing", () => {
    const silent = withKernel(graph, "conv", tensor([3, 3, 3, 5], new Float32Array(135)));
    const { ranks, error } = planLowRank(silent, "conv", { method: "tucker", budget: { parameters: 1000 } });
    expect({ ranks, error }).to.deep.equal({ ranks: [1, 1], error: 0 });
  });

  it("says how far the factors are from the kernel", () => {
    const conv = graph.nodes.find(({ name }) => name === "conv")!;
    const { error, layers } = planLowRank(graph, "conv", { method: "channel", rank: 2 });
    const [first, second] = layers.map(({ weights }) => weights[0]!) as [Tensor, Tensor];
    const kernel = conv.weights[0]!.data;
    let lost = 0;
    kernel.forEach((x, i) => {
      const [row, o] = [Math.floor(i / 5), i % 5];
      const product = [0, 1].reduce((sum, r) => sum + first.data[row * 2 + r]! * second.data[r * 5 + o]!, 0);
      lost += (x - product) ** 2;
    });
    // The factors' rounding to float32 is some 2^-23 of a kernel whose error is about a half.
    expect(Math.sqrt(lost) / Math.hypot(...kernel)).to.be.closeTo(error, 2 ** -22);
  });

  it("refuses ranks, energies and budgets out of range", () => {
    const at = (options: object) => () => planLowRank(graph, "conv", options as LowRankOptions);
    expect(at({ method: "channel", rank: 6 })).to.throw(LabError, "from 1 to 5, got 6");
    expect(at({ method: "channel", energy: 1.5 })).to.throw(LabError, "energy");
    expect(at({ method: "channel", budget: { parameters: 36 } })).to.throw(
      LabError,
      "rank 1 needs 37 parameters",
    );
    expect(at({ method: "channel" })).to.throw(
      LabError,
      "nothing says which rank the factors of layer conv are to have. Give rank, energy or budget.",
    );
    expect(at({ method: "channel", budget: {} })).to.throw(LabError, "the budget names nothing");
    expect(at({ method: "tucker", budget: { macs: 10 } })).to.throw(LabError, "rank 1 needs");
    expect(at({ method: "tucker", rankIn: 4, rankOut: 1 })).to.throw(LabError, "rankIn");
    expect(at({ method: "tucker" })).to.throw(LabError, "Give rankIn and rankOut, energy or budget.");
    expect(at({ method: "tucker", rankIn: 2 })).to.throw(LabError, "Give rankIn and rankOut");
  });

  it("refuses what is no graph, and no options", () => {
    const options = { method: "dense", rank: 1 } as const;
    const whole = tf.sequential({ layers: [tf.layers.dense({ name: "d", inputShape: [2], units: 2 })] });
    for (const use of [planLowRank, factorizeLayer, lowRankReport]) {
      expect(() => use(whole as never, "d", options)).to.throw(LabError, "the graph is a Sequential");
      expect(() => use(undefined as never, "d", options)).to.throw(LabError, "the graph is undefined");
      expect(() => use(graph, "conv", undefined as never)).to.throw(LabError, "method undefined");
    }
  });
});

function convNet(config: object): LayerGraph {
  const layers = [
    tf.layers.inputLayer({ inputShape: [8, 7, 3] }),
    tf.layers.conv2d({ name: "conv", filters: 5, kernelSize: 3, ...config }),
    tf.layers.flatten({ name: "flat" }),
    tf.layers.dense({ name: "logits", units: 2 }),
  ];
  return drawn(tf.sequential({ layers }));
}

function denseNet(): LayerGraph {
  const layers = [
    tf.layers.inputLayer({ inputShape: [5, 6] }),
    tf.layers.dense({ name: "rows", units: 4, activation: "relu" }),
    tf.layers.flatten({ name: "flat" }),
    tf.layers.dense({ name: "logits", units: 3, useBias: false }),
  ];
  return drawn(tf.sequential({ layers }));
}

/** The model's graph with weights from a seed, biases included. */
function drawn(model: tf.LayersModel): LayerGraph {
  const rng = seeded("weights");
  const { nodes, outputs } = toLayerGraph(model);
  const draw = ({ shape }: Tensor) => normalTensor(rng, shape, 0, 0.5);
  return { nodes: nodes.map((node) => ({ ...node, weights: node.weights.map(draw) })), outputs };
}

function withKernel(graph: LayerGraph, name: string, kernel: Tensor): LayerGraph {
  const nodes = graph.nodes.map((node) =>
    node.name === name ? { ...node, weights: [kernel, ...node.weights.slice(1)] } : node,
  );
  return { ...graph, nodes };
}

function expectPredicted(graph: LayerGraph, name: string, options: LowRankOptions): void {
  const { before, after } = planLowRank(graph, name, options);
  const factorized = factorizeLayer(graph, name, options);
  const [whole, parts] = [countModel(graph), countModel(factorized)];
  expect(parts.parameters - whole.parameters).to.equal(after.parameters - before.parameters);
  expect(parts.macs - whole.macs).to.equal(after.macs - before.macs);
  expect(fromLayerGraph(factorized).countParams()).to.equal(parts.parameters);
  const layer = whole.layers.find((counted) => counted.name === name)!;
  expect(before).to.deep.equal({ parameters: layer.parameters, macs: layer.macs });
}

/**
 * Two float32 sums of the same terms differ by at most 2^-24 of the terms' magnitudes for each rounding: one for
 * each term on the way to an output, and one for each weight that was rounded. The terms' magnitudes are what
 * the model answers with all weights and inputs made positive (relu changes nothing there); those of the
 * factors are larger than those of the kernel, so both count.
 */
function expectSameAnswers(graph: LayerGraph, factorized: LayerGraph): void {
  const input = graph.nodes[0]!.config.batchInputShape as (number | null)[];
  const x = uniformTensor(seeded("input"), [3, ...input.slice(1).map(Number)], -1, 1);
  const positive = { shape: x.shape, data: x.data.map(Math.abs) };
  const [whole, parts] = [answers(graph, x), answers(factorized, x)];
  const [terms, factorTerms] = [magnitudes(graph, positive), magnitudes(factorized, positive)];
  const roundings = [graph, factorized].map(roundingsOf).reduce((a, b) => a + b);
  whole.forEach((output, o) => {
    expect(parts[o]!.shape).to.deep.equal(output.shape);
    output.data.forEach((y, i) => {
      const slack = roundings * 2 ** -24 * (terms[o]!.data[i]! + factorTerms[o]!.data[i]!);
      expect(parts[o]!.data[i]).to.be.closeTo(y, slack);
    });
  });
}

function roundingsOf({ nodes }: LayerGraph): number {
  return nodes.reduce((sum, { weights }) => sum + sizeOf(weights[0]?.shape.slice(0, -1) ?? [0]) + 2, 0);
}

function magnitudes(graph: LayerGraph, x: Tensor): Tensor[] {
  const positive = (w: Tensor) => ({ shape: w.shape, data: w.data.map(Math.abs) });
  return answers(
    { ...graph, nodes: graph.nodes.map((n) => ({ ...n, weights: n.weights.map(positive) })) },
    x,
  );
}

function answers(graph: LayerGraph, { shape, data }: Tensor): Tensor[] {
  const model = fromLayerGraph(graph);
  const input = tf.tensor(data, [...shape]);
  const made = model.predict(input);
  const outputs = Array.isArray(made) ? made : [made];
  const copies = outputs.map(toTensor);
  tf.dispose([input, ...outputs]);
  model.dispose();
  return copies;
}

function pairs(inputs: number, outputs: number): [number, number][] {
  return Array.from({ length: inputs * outputs }, (_, i) => [1 + Math.floor(i / outputs), 1 + (i % outputs)]);
}
