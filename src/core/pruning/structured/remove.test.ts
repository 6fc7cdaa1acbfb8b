import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { countModel } from "../../model/count.js";
import { findLayer, withWeights } from "../../model/edit.js";
import { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { outputShapes } from "../../model/shapes.js";
import { type Rng, seeded } from "../../random.js";
import type { Tensor } from "../../tensor.js";
import { residualCnn, teachingCnn } from "../../zoo/index.js";
import { channelGroups, removeChannels } from "./index.js";

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tf.SymbolicTensor;
const conv = (name: string, filters: number, rest: { strides?: number; useBias?: boolean } = {}) =>
  tf.layers.conv2d({ name, filters, kernelSize: 3, padding: "same", activation: "relu", ...rest });
/** √(variance + epsilon) is 2 below, so a normalization rounds nothing. */
const norm = (name: string, axis = -1) => tf.layers.batchNormalization({ name, axis, epsilon: 1 });
const dense = (name: string, units: number) => tf.layers.dense({ name, units });
const pool = () => tf.layers.averagePooling2d({ poolSize: 2 });
const image = () => tf.input({ shape: [8, 8, 2] });

/** Where a channel of `layer` ends up in another layer that has numbers a channel. */
interface Follower {
  readonly layer: string;
  readonly places: (channel: number) => number[];
}

interface Sample {
  readonly model: () => tf.LayersModel;
  /** Channels that go together, and what has to be 0 in the layers that follow them, so that the output is 0. */
  readonly removable: readonly {
    layers: readonly string[];
    channels: number;
    followers?: readonly Follower[];
  }[];
}

const same = (layer: string): Follower => ({ layer, places: (channel) => [channel] });

const samples: Readonly<Record<string, Sample>> = {
  "a chain of dense layers": {
    model: () => {
      const x = tf.input({ shape: [6] });
      const hidden = apply(dense("b", 4), apply(tf.layers.reLU(), apply(dense("a", 5), x)));
      return tf.model({ inputs: x, outputs: apply(dense("out", 3), hidden) });
    },
    removable: [
      { layers: ["a"], channels: 5 },
      { layers: ["b"], channels: 4 },
    ],
  },
  "convolutions, pools, padding and flattening": {
    model: () => {
      const x = image();
      const first = apply(pool(), apply(conv("a", 5), x));
      const padded = apply(
        tf.layers.zeroPadding2d({
          padding: [
            [1, 0],
            [0, 1],
          ],
        }),
        first,
      );
      const second = apply(
        tf.layers.maxPooling2d({ poolSize: 2 }),
        apply(conv("b", 4, { strides: 2 }), padded),
      );
      const flat = apply(tf.layers.flatten(), apply(tf.layers.dropout({ rate: 0.5 }), second));
      return tf.model({ inputs: x, outputs: apply(dense("out", 3), flat) });
    },
    removable: [
      { layers: ["a"], channels: 5 },
      { layers: ["b"], channels: 4 },
    ],
  },
  "batch normalizations": {
    model: () => {
      const x = image();
      const first = apply(tf.layers.reLU(), apply(norm("na"), apply(conv("a", 4, { useBias: false }), x)));
      const second = apply(norm("nb", 3), apply(conv("b", 4), first));
      return tf.model({
        inputs: x,
        outputs: apply(dense("out", 2), apply(tf.layers.globalAveragePooling2d({}), second)),
      });
    },
    removable: [
      { layers: ["a"], channels: 4, followers: [same("na")] },
      { layers: ["b"], channels: 4, followers: [same("nb")] },
    ],
  },
  "residual connections": {
    model: () => {
      const x = image();
      const stem = apply(conv("stem", 4), x);
      const branch = apply(conv("tied", 4), apply(conv("inner", 3), stem));
      const sum = apply(tf.layers.add(), stem, branch);
      const again = apply(tf.layers.add(), sum, apply(conv("tied2", 4), sum));
      return tf.model({
        inputs: x,
        outputs: apply(dense("out", 2), apply(tf.layers.flatten(), apply(pool(), again))),
      });
    },
    removable: [
      { layers: ["stem", "tied", "tied2"], channels: 4 },
      { layers: ["inner"], channels: 3 },
    ],
  },
  concatenation: {
    model: () => {
      const x = image();
      const [a, b] = [apply(conv("a", 3), x), apply(conv("b", 4), x)];
      const joined = apply(norm("n"), apply(tf.layers.concatenate(), a, x, b));
      return tf.model({ inputs: x, outputs: apply(conv("out", 2), joined) });
    },
    removable: [
      { layers: ["a"], channels: 3, followers: [same("n")] },
      { layers: ["b"], channels: 4, followers: [{ layer: "n", places: (channel) => [5 + channel] }] },
    ],
  },
  "a sum of two concatenations": {
    model: () => {
      const x = image();
      const join = (first: string, second: string) =>
        apply(tf.layers.concatenate({ axis: 3 }), apply(conv(first, 3), x), apply(conv(second, 3), x));
      return tf.model({
        inputs: x,
        outputs: apply(conv("out", 2), apply(tf.layers.add(), join("a", "b"), join("c", "d"))),
      });
    },
    removable: [
      { layers: ["a", "c"], channels: 3 },
      { layers: ["b", "d"], channels: 3 },
    ],
  },
  "images joined one above the other": {
    model: () => {
      const x = image();
      const joined = apply(
        tf.layers.concatenate({ axis: 1 }),
        apply(conv("a", 3), x),
        apply(conv("b", 3), x),
      );
      return tf.model({ inputs: x, outputs: apply(conv("out", 2), joined) });
    },
    removable: [{ layers: ["a", "b"], channels: 3 }],
  },
  "depthwise convolutions": {
    model: () => {
      const x = image();
      const deep = apply(
        tf.layers.depthwiseConv2d({ name: "deep", kernelSize: 3, depthMultiplier: 2 }),
        apply(conv("a", 3), x),
      );
      const point = apply(
        tf.layers.conv2d({ name: "point", filters: 4, kernelSize: 1 }),
        apply(norm("n"), deep),
      );
      const last = apply(tf.layers.depthwiseConv2d({ name: "last", kernelSize: 3, useBias: false }), point);
      return tf.model({ inputs: x, outputs: apply(dense("out", 2), apply(tf.layers.flatten(), last)) });
    },
    removable: [
      {
        layers: ["a"],
        channels: 3,
        followers: ["deep", "n"].map((layer) => ({
          layer,
          places: (channel) => [2 * channel, 2 * channel + 1],
        })),
      },
      { layers: ["point"], channels: 4 },
    ],
  },
  reshaping: {
    model: () => {
      const x = image();
      const means = apply(tf.layers.globalAveragePooling2d({}), apply(conv("a", 4), x));
      const square = apply(tf.layers.reshape({ targetShape: [1, 1, 4] }), means);
      const flat = apply(tf.layers.reshape({ targetShape: [4] }), square);
      const rows = apply(tf.layers.reshape({ targetShape: [-1, 3] }), apply(conv("b", 3, { strides: 2 }), x));
      const outputs = [apply(dense("out", 2), flat), apply(dense("out2", 2), rows)];
      return tf.model({ inputs: x, outputs });
    },
    removable: [
      { layers: ["a"], channels: 4 },
      { layers: ["b"], channels: 3 },
    ],
  },
};

/** Small integers everywhere, and divisors that are powers of 2: float32 computes with them without rounding. */
function withIntegers(graph: LayerGraph, rng: Rng): LayerGraph {
  return graph.nodes.reduce((changed, { name, kind, weights }) => {
    const draw = ({ shape, data }: Tensor, i: number): Tensor => ({
      shape,
      data: data.map(() => (kind === "BatchNormalization" && i === 3 ? 3 : rng.integer(-1, 1))),
    });
    return weights.length === 0 ? changed : withWeights(changed, name, weights.map(draw));
  }, graph);
}

/** The graph whose given places along the last axis are 0 in the layer: kernel and bias, or gamma and beta. */
function zeroed(graph: LayerGraph, layer: string, places: readonly number[]): LayerGraph {
  const { kind, weights } = findLayer(graph, layer);
  // A depthwise kernel [h, w, in, multiplier] has its outputs' order, but keeps its numbers: zeros come in.
  const touched = ({ length }: readonly Tensor[]): number[] =>
    kind === "DepthwiseConv2D" ? [1] : kind === "BatchNormalization" ? [0, 1] : [...Array(length).keys()];
  const which = touched(weights);
  const changed = weights.map(({ shape, data }, i) => {
    const last = shape.at(-1)!;
    const values = which.includes(i) ? data.map((v, j) => (places.includes(j % last) ? 0 : v)) : data;
    return { shape, data: values };
  });
  return withWeights(graph, layer, changed);
}

function outputsOf(graph: LayerGraph, rng: Rng): number[][] {
  return tf.tidy(() => {
    const model = fromLayerGraph(graph);
    const inputs = model.inputs.map(({ shape }) => {
      const lengths = [3, ...shape.slice(1)] as number[];
      return tf.tensor(
        Array.from({ length: lengths.reduce((a, b) => a * b) }, () => rng.integer(-2, 2)),
        lengths,
      );
    });
    const outputs = [model.predict(inputs)].flat() as tf.Tensor[];
    const values = outputs.map((output) => [...output.dataSync()].map((v) => v + 0));
    model.dispose();
    return values;
  });
}

describe("the removal of channels", () => {
  before(async () => {
    await tf.setBackend("wasm");
  });

  for (const [name, { model, removable }] of Object.entries(samples)) {
    it(`leaves the outputs as they are where the channels were 0: ${name}`, () => {
      const built = model();
      const plain = toLayerGraph(built);
      built.dispose();
      const property = fc.property(
        fc.nat(),
        fc.nat({ max: removable.length - 1 }),
        fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 9 }),
        (seed, which, drawn) => {
          const { layers, channels: count, followers = [] } = removable[which]!;
          const channels = [...new Set(drawn.map((channel) => channel % count))].slice(0, count - 1);
          let graph = withIntegers(plain, seeded(`weights ${seed}`));
          for (const layer of layers) graph = zeroed(graph, layer, channels);
          for (const { layer, places } of followers) graph = zeroed(graph, layer, channels.flatMap(places));
          const named = layers[seed % layers.length]!;
          const smaller = removeChannels(graph, named, channels);
          expect(outputsOf(smaller, seeded(`input ${seed}`))).to.deep.equal(
            outputsOf(graph, seeded(`input ${seed}`)),
          );
          for (const layer of layers)
            expect(findLayer(smaller, layer).weights[0]?.shape.at(-1)).to.equal(count - channels.length);
          expect(countModel(smaller).parameters).to.be.below(countModel(graph).parameters);
        },
      );
      fc.assert(property, { numRuns: 20 });
    });
  }

  for (const [name, { model, removable }] of Object.entries(samples)) {
    it(`knows which layers shrink together: ${name}`, () => {
      const groups = channelGroups(toLayerGraph(model())).map(({ layers, units }) => ({
        layers: [...layers].sort(),
        channels: units.length,
      }));
      const wanted = removable.map(({ layers, channels }) => ({ layers: [...layers].sort(), channels }));
      expect(groups).to.have.deep.members(wanted);
    });
  }

  it("knows the blocks of the zoo's residual model", () => {
    const groups = channelGroups(toLayerGraph(residualCnn(seeded("blocks"))));
    expect(groups.map(({ layers, units }) => [units.length, ...layers])).to.have.deep.members([
      [16, "conv1", "block1_conv2"],
      [16, "block1_conv1"],
      [32, "block2_shortcut", "block2_conv2"],
      [32, "block2_conv1"],
    ]);
  });

  it("joins groups that a later layer ties", () => {
    const x = image();
    const [a, b, c] = [apply(conv("a", 2), x), apply(conv("b", 2), x), apply(conv("c", 2), x)];
    const ties = [b, a].map((other, i) =>
      apply(tf.layers.add(), apply(tf.layers.concatenate(), other, c), apply(conv(`tie${i}`, 4), x)),
    );
    // The first two outputs put a and b before c, which ties them.
    const outputs = [a, b, ...ties].map((end, i) => apply(conv(`out${i}`, 1), end));
    const [group, ...others] = channelGroups(toLayerGraph(tf.model({ inputs: x, outputs })));
    expect(others).to.deep.equal([]);
    expect(group?.layers).to.have.members(["a", "b", "c", "tie0", "tie1"]);
    expect(group?.units).to.have.deep.members([
      ...[0, 1].map((i) => [
        { layer: "a", channel: i },
        { layer: "tie1", channel: i },
      ]),
      ...[0, 1].map((i) => [
        { layer: "b", channel: i },
        { layer: "tie0", channel: i },
      ]),
      ...[0, 1].map((i) => [
        { layer: "c", channel: i },
        { layer: "tie0", channel: 2 + i },
        { layer: "tie1", channel: 2 + i },
      ]),
    ]);
  });

  it("leaves a length open that a reshape fills in, and changes one that it names", () => {
    const node = (
      name: string,
      kind: string,
      config: Record<string, unknown>,
      shapes: number[][] = [],
    ): LayerNode => ({
      name,
      kind,
      config,
      inputs: [],
      weights: shapes.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })),
    });
    const reshaped = (targetShape: (number | null)[]): unknown => {
      const nodes = [
        node("in", "InputLayer", { batchInputShape: [null, 2] }),
        node("a", "Dense", { units: 6 }, [[2, 6]]),
        node("shape", "Reshape", { targetShape }),
        node("out", "Dense", { units: 1 }, [[6, 1]]),
      ].map((layer, i, all) => ({
        ...layer,
        inputs: all.slice(Math.max(0, i - 1), i).map(({ name }) => name),
      }));
      const smaller = removeChannels({ nodes, outputs: ["out"] }, "a", [2, 3]);
      expect([...outputShapes(smaller).values()].slice(1)).to.deep.equal([[4], [1, 4], [1, 1]]);
      return findLayer(smaller, "shape").config.targetShape;
    };
    expect(reshaped([1, -1])).to.deep.equal([1, -1]);
    expect(reshaped([1, null])).to.deep.equal([1, null]);
    expect(reshaped([null, 6])).to.deep.equal([null, 4]);
    expect(reshaped([1, 6])).to.deep.equal([1, 4]);
  });

  it("refuses more channels than can be counted, and kernels with other channels than their layer says", () => {
    const graph = (kind: string, config: object, shapes: number[][] = [], input = [2, 2, 2]): LayerGraph => ({
      nodes: [
        {
          name: "in",
          kind: "InputLayer",
          config: { batchInputShape: [null, ...input] },
          inputs: [],
          weights: [],
        },
        {
          name: "last",
          kind,
          config: { kernelSize: 1, ...config },
          inputs: ["in"],
          weights: shapes.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })),
        },
      ],
      outputs: ["last"],
    });
    const refusals: [LayerGraph, string][] = [
      [graph("Conv2D", { filters: 1e9 }), "layer last gives 1000000000 channels"],
      [graph("DepthwiseConv2D", { depthMultiplier: 1e9 }), "layer last gives 2000000000 channels"],
      [graph("Flatten", {}, [], [1e5, 1e5, 1]), "layer last gives 10000000000 channels"],
      [graph("Dense", { units: 1 }, [], [1e9]), "layer in gives 1000000000 channels"],
      [
        graph("Conv2D", { filters: 3 }, [[1, 1, 2, 4]]),
        "layer last is to have 3 outputs, but its kernel is [1, 1, 2, 4]",
      ],
      [graph("Dense", { units: 4 }, [[2, 3]]), "layer last is to have 4 outputs, but its kernel is [2, 3]"],
    ];
    for (const [given, message] of refusals) {
      expect(() => channelGroups(given)).to.throw(LabError, message);
      if (given.nodes[1]!.kind === "Conv2D")
        expect(() => removeChannels(given, "last", [0])).to.throw(LabError, message);
    }
  });

  it("takes parameters and multiplications away as the formula says", () => {
    const graph = toLayerGraph(teachingCnn(seeded("formula")));
    const [first, second, hidden] = graph.nodes
      .filter(({ weights }) => weights.length > 0)
      .map(({ name }) => name);
    const smaller = removeChannels(
      removeChannels(removeChannels(graph, first!, [0, 1]), second!, [31]),
      hidden!,
      [5, 6, 7],
    );
    const [a, b, c] = [14, 31, 61];
    const { parameters, macs } = countModel(smaller);
    expect(parameters).to.equal(9 * a + a + (9 * a * b + b) + (49 * b * c + c) + (10 * c + 10));
    expect(macs).to.equal(28 * 28 * 9 * a + 14 * 14 * 9 * a * b + 49 * b * c + 10 * c);
    const model = fromLayerGraph(smaller);
    expect(model.countParams()).to.equal(parameters);
  });

  it("keeps the numbers of the channels that stay, and leaves layers alone that aren't touched", () => {
    const graph = toLayerGraph(teachingCnn(seeded("kept")));
    const before = structuredClone(graph);
    const first = graph.nodes[1]!;
    const smaller = removeChannels(graph, first.name, [3]);
    const kept = [...first.weights[0]!.data].filter((_, i) => i % 16 !== 3);
    expect([...smaller.nodes[1]!.weights[0]!.data]).to.deep.equal(kept);
    expect(smaller.nodes.slice(4)).to.deep.equal(graph.nodes.slice(4));
    expect(smaller.nodes[7]).to.equal(graph.nodes[7]);
    expect(graph).to.deep.equal(before);
    expect(removeChannels(graph, first.name, []).nodes).to.deep.equal(graph.nodes);
  });

  const cnn = (): LayerGraph => toLayerGraph(teachingCnn(seeded("bad")));
  const named = (graph: LayerGraph, kind: string): LayerNode =>
    graph.nodes.find((node) => node.kind === kind)!;
  const graphOf = (output: (x: tf.SymbolicTensor) => tf.SymbolicTensor): LayerGraph => {
    const x = tf.input({ shape: [4, 4, 4], name: "in" });
    return toLayerGraph(tf.model({ inputs: x, outputs: output(x) }));
  };
  const residualInput = () =>
    graphOf((x) => apply(conv("out", 2), apply(tf.layers.add(), x, apply(conv("a", 4), x))));
  const inputResidual = () =>
    graphOf((x) => apply(conv("out", 2), apply(tf.layers.add(), apply(conv("a", 4), x), x)));
  const besideFolded = () =>
    graphOf((x) => {
      const rows = apply(tf.layers.reshape({ name: "fold", targetShape: [2, 4, 8] }), apply(conv("a", 4), x));
      const sum = apply(
        tf.layers.add(),
        rows,
        apply(conv("b", 8), apply(tf.layers.maxPooling2d({ poolSize: [2, 1] }), x)),
      );
      return apply(conv("out", 2), sum);
    });
  const folded = () =>
    graphOf((x) =>
      apply(
        dense("out", 2),
        apply(tf.layers.reshape({ name: "fold", targetShape: [32, 2] }), apply(conv("a", 4), x)),
      ),
    );
  const rowNorm = () =>
    graphOf((x) =>
      apply(
        conv("out", 2),
        apply(tf.layers.batchNormalization({ name: "rows", axis: 1 }), apply(conv("a", 4), x)),
      ),
    );
  const refusals: [string, () => unknown, string][] = [
    [
      "the model's output",
      () => removeChannels(residualInput(), "out", [0]),
      "channel 0 of layer out can't be removed: layer out is an output of the model",
    ],
    [
      "what is added to the model's input",
      () => removeChannels(residualInput(), "a", [1]),
      "channel 1 of layer a can't be removed: layer in is an input of the model",
    ],
    [
      "what the model's input is added to",
      () => removeChannels(inputResidual(), "a", [1]),
      "layer in is an input of the model",
    ],
    [
      "what is added to a reshape that mixes channels",
      () => removeChannels(besideFolded(), "b", [0]),
      "layer fold (Reshape) can't follow",
    ],
    [
      "what goes through a reshape that mixes channels",
      () => removeChannels(folded(), "a", [0]),
      "layer fold (Reshape) can't follow",
    ],
    [
      "what goes through a normalization of rows",
      () => removeChannels(rowNorm(), "a", [0]),
      "layer rows (BatchNormalization) can't follow",
    ],
    [
      "a layer without channels of its own",
      () => removeChannels(cnn(), named(cnn(), "Flatten").name, [0]),
      "has no channels of its own",
    ],
    ["a layer that isn't there", () => removeChannels(cnn(), "nowhere", [0]), "there is no layer nowhere"],
    [
      "a channel that isn't there",
      () => removeChannels(folded(), "a", [4]),
      "a channel of layer a must be an integer from 0 to 3, got 4",
    ],
    [
      "what is flattened with its channels first",
      () => {
        const graph = graphOf((x) => {
          const flat = tf.layers.flatten({ name: "flat", dataFormat: "channelsFirst" });
          return apply(dense("out", 2), apply(flat, apply(conv("a", 4), x)));
        });
        return removeChannels(graph, "a", [2]);
      },
      'dataFormat of layer flat is "channelsFirst"',
    ],
    [
      "a tfjs model",
      () => removeChannels(residualCnn(seeded("a")) as never, "a", [0]),
      "the graph is a LayersModel",
    ],
    ["no graph", () => channelGroups(undefined as never), "the graph is undefined"],
    [
      "all channels",
      () => removeChannels(cnn(), named(cnn(), "Conv2D").name, [...Array(16).keys()]),
      "would be left without a channel",
    ],
    [
      "weights that don't fit",
      () => {
        const graph = cnn();
        const { name, weights } = named(graph, "Dense");
        const wrong = withWeights(graph, name, [{ shape: [1, 64], data: new Float32Array(64) }, weights[1]!]);
        return removeChannels(wrong, name, [0]);
      },
      "don't fit 1568 channels along axis 0",
    ],
  ];
  for (const [what, work, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
