import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { normalTensor, type Tensor, uniformTensor } from "../../tensor.js";
import { chooseBackend, predict } from "../../training/index.js";
import { compareModels, equalizeLayers, quantizeModel } from "./index.js";

interface Case {
  name: string;
  kinds: [string, string];
  shapes: [number[], number[]];
  kernels: [number[], number[]];
  biases: number[][];
  equalized: [number[], number[]];
  equalizedBias: number[];
}

const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/equalize-layers.json", import.meta.url), "utf8"),
);

const tensorOf = (shape: number[], values: number[]): Tensor => ({
  shape,
  data: Float32Array.from(values),
});

const input: LayerNode = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };

function pairOf({ kinds, shapes, kernels, biases }: Case): LayerGraph {
  const layer = (i: 0 | 1, from: string): LayerNode => ({
    name: `layer ${i}`,
    kind: kinds[i],
    config: { useBias: biases.length > 0 },
    inputs: [from],
    weights: [tensorOf(shapes[i], kernels[i]), ...biases.slice(i, i + 1).map((b) => tensorOf([b.length], b))],
  });
  return { nodes: [input, layer(0, "in"), layer(1, "layer 0")], outputs: ["layer 1"] };
}

describe("equalizing layers", () => {
  before(async () => {
    await chooseBackend();
  });

  for (const given of cases) {
    it(`gives torch's weights for ${given.name}`, () => {
      const { nodes } = equalizeLayers(pairOf(given), { passes: 1 });
      const close = (actual: Float32Array, expected: number[]): void => {
        // torch adds 1e-9 to ranges, of which none is below e^-6 here, and rounds six times to float32.
        const slack = 1e-9 * Math.exp(6) + 6 * 2 ** -24;
        expected.forEach((value, i) => {
          expect(Math.abs(actual[i]! - value)).to.be.at.most(Math.abs(value) * slack);
        });
      };
      given.equalized.forEach((expected, i) => {
        close(nodes[i + 1]!.weights[0]!.data, expected);
      });
      if (given.biases.length > 0) close(nodes[1]!.weights[1]!.data, given.equalizedBias);
      expect(nodes[2]!.weights.slice(1)).to.deep.equal(pairOf(given).nodes[2]!.weights.slice(1));
    });
  }

  /** Convolution, normalization, ReLU, pool, depthwise convolution, flatten, dense, with channels far apart. */
  function unevenGraph(): LayerGraph {
    const rng = seeded("uneven");
    const layers = [
      tf.layers.inputLayer({ inputShape: [6, 6, 2] }),
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, activation: "relu" }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ];
    const graph = toLayerGraph(tf.sequential({ layers }));
    const draw = ({ kind, weights }: LayerNode): Tensor[] =>
      weights.map(({ shape }, i) => {
        if (kind !== "BatchNormalization") return normalTensor(rng, shape, 0, 0.5);
        // gamma and variance are positive, gamma from 0.02 to 50.
        const values = uniformTensor(rng, shape, i === 0 ? -4 : 0.5, i === 0 ? 4 : 1);
        return i === 0 ? { shape, data: values.data.map(Math.exp) } : values;
      });
    return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, weights: draw(node) })) };
  }

  it("leaves the answers of a model as they are, over ReLUs, pools and flatten", async () => {
    const graph = unevenGraph();
    const inputs = uniformTensor(seeded("x"), [6, 6, 6, 2], -1, 1);
    const answer = async (of: LayerGraph): Promise<Float32Array> => {
      const model = fromLayerGraph(of);
      const { data } = await predict(model, inputs);
      model.dispose();
      return data;
    };
    const [before, after] = [await answer(graph), await answer(equalizeLayers(graph))];
    // Ten passes, two factors and two roundings each, and sums of at most 64 terms in three layers, relative to
    // the sum of absolute values, which the largest answer stands for within a factor of ten.
    const slack = (10 * 4 + 3 * 64) * 2 ** -24 * 10 * Math.max(...before.map(Math.abs));
    after.forEach((y, i) => {
      expect(Math.abs(y - before[i]!)).to.be.at.most(slack);
    });
  });

  it("undoes what makes one scale a tensor fail: channels that are scaled up here and down there", async () => {
    const rng = seeded("even");
    const kernels = [normalTensor(rng, [6, 8]), normalTensor(rng, [8, 3])];
    const graphWith = (spread: number): LayerGraph => {
      const factor = (channel: number): number => spread ** (channel / 7);
      const [first, second] = kernels.map(({ shape, data }, i) => ({
        shape,
        data: data.map((w, at) => (i === 0 ? w * factor(at % 8) : w / factor(Math.floor(at / 3)))),
      }));
      const config = { batchInputShape: [null, 6] };
      const layer = { kind: "Dense", config: { units: 8, useBias: false, activation: "relu" } };
      const last = { kind: "Dense", config: { units: 3, useBias: false } };
      const nodes = [
        { ...input, config },
        { name: "first", ...layer, inputs: ["in"], weights: [first!] },
        { name: "second", ...last, inputs: ["first"], weights: [second!] },
      ];
      return { nodes, outputs: ["second"] };
    };
    const calibration = uniformTensor(rng, [50, 6], -1, 1);
    const signalOf = async (graph: LayerGraph): Promise<number> => {
      const quantized = await quantizeModel(graph, { calibration, weights: { per: "tensor" } });
      return (await compareModels(quantized, calibration)).at(-1)!.sqnr;
    };
    // The spread of 1000 costs the smallest channels log2(1000), ten bits of their eight: to get one back is 6.02 dB.
    const uneven = graphWith(1000);
    expect(await signalOf(equalizeLayers(uneven))).to.be.above((await signalOf(uneven)) + 6.02);
    // Equalized, it does not matter what it was before: each of the two was rounded at most 3 + 2 · 10 times.
    const [a, b] = [equalizeLayers(uneven), equalizeLayers(graphWith(1))];
    a.nodes[1]!.weights[0]!.data.forEach((w, i) => {
      const even = b.nodes[1]!.weights[0]!.data[i]!;
      expect(w).to.be.closeTo(even, Math.abs(even) * 2 * 23 * 2 ** -24);
    });
  });

  it("leaves channels of no weights as they are", () => {
    const [given] = cases;
    const graph = pairOf({ ...given!, kernels: [given!.kernels[0].map(() => 0), given!.kernels[1]] });
    expect(equalizeLayers(graph)).to.deep.equal(graph);
  });

  const dense = (name: string, from: string, config: LayerNode["config"] = {}): LayerNode => ({
    name,
    kind: "Dense",
    config,
    inputs: [from],
    weights: [tensorOf([2, 2], [1, 20, 3, -40])],
  });
  const sigmoid = {
    name: "s",
    kind: "Activation",
    config: { activation: "sigmoid" },
    inputs: ["a"],
    weights: [],
  };
  const add = { name: "sum", kind: "Add", config: {}, inputs: ["a", "b"], weights: [] };
  const untouched: [string, LayerGraph][] = [
    [
      "a ReLU6",
      { nodes: [input, dense("a", "in", { activation: "relu6" }), dense("b", "a")], outputs: ["b"] },
    ],
    ["a sigmoid", { nodes: [input, dense("a", "in"), sigmoid, dense("b", "s")], outputs: ["b"] }],
    ["a second consumer", { nodes: [input, dense("a", "in"), dense("b", "a"), add], outputs: ["sum"] }],
    ["an output of the model", { nodes: [input, dense("a", "in"), dense("b", "a")], outputs: ["a", "b"] }],
  ];
  for (const [name, graph] of untouched) {
    it(`leaves alone layers with ${name} between them`, () => {
      expect(equalizeLayers(graph)).to.deep.equal(graph);
    });
  }

  it("refuses a number of passes that is none", () => {
    expect(() => equalizeLayers(pairOf(cases[0]!), { passes: 0 })).to.throw(LabError, "passes must be");
  });
});
