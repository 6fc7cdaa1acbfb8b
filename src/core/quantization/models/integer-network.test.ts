import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { type Rng, seeded } from "../../random.js";
import { uniformTensor } from "../../tensor.js";
import { depthwiseCnn, residualCnn } from "../../zoo/index.js";
import { initialize } from "../../zoo/initialize.js";
import { type Activation, runIntegerLayers } from "../integer/index.js";
import { runAll } from "./calibrate.js";
import { graph, images, weighted } from "./fixtures/small-network.js";
import {
  inputCodes,
  predictInteger,
  type QuantizedModel,
  quantizeModel,
  quantizeWeights,
  simulate,
  toIntegerNetwork,
  type WeightScheme,
} from "./index.js";

describe("a network of integers made from a quantized model", () => {
  const pooled = (rng: Rng): tf.LayersModel => {
    const layers = [
      tf.layers.inputLayer({ inputShape: [28, 28, 1] }),
      tf.layers.averagePooling2d({ poolSize: 4 }),
      tf.layers.conv2d({ filters: 3, kernelSize: 3, strides: 2 }),
      tf.layers.averagePooling2d({ poolSize: 2, strides: 1, padding: "same" }),
      tf.layers.reLU(),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, useBias: false }),
    ];
    return initialize(tf.sequential({ layers }), rng);
  };
  const networks: [string, (rng: Rng) => tf.LayersModel, WeightScheme][] = [
    ["with residual additions", residualCnn, {}],
    ["with depthwise convolutions", depthwiseCnn, {}],
    ["with mean pools, a bare ReLU and no bias", pooled, {}],
    ["with weights that have zero points", pooled, { type: "uint8", symmetric: false }],
  ];
  for (const [name, build, weights] of networks) {
    it(`gives the codes of the simulation or their neighbours in each layer ${name}`, async () => {
      const rng = seeded("integers");
      const inputs = uniformTensor(rng, [2, 28, 28, 1], 0, 1);
      const quantized = await quantizeModel(build(rng), { calibration: inputs, weights });
      const network = toIntegerNetwork(quantized);
      const layers = runIntegerLayers(network, inputCodes(quantized, inputs), { rounding: "float" });
      checkStepByStep(quantized, layers);
      expect((await predictInteger(quantized, inputs)).shape).to.deep.equal([2, 10]);
    });
  }

  /**
   * Errors of one step grow from layer to layer, so each layer is held to what comes into it: simulated on the
   * integers' own input codes, its output is at most one code away.
   */
  function checkStepByStep(model: QuantizedModel, layers: ReadonlyMap<string, Activation>): void {
    for (const node of model.graph.nodes) {
      const after = layers.get(node.name);
      const before = node.inputs.map((input) => layers.get(input));
      if (!after || before.length !== 1 || !before[0]) continue;
      const [input] = node.inputs;
      const { scale, zeroPoint } = before[0].params;
      const { shape, data } = before[0].codes;
      const x = { shape, data: Float32Array.from(data, (code) => scale * (code - zeroPoint)) };
      const alone: QuantizedModel = {
        ...model,
        graph: {
          nodes: [
            {
              name: input!,
              kind: "InputLayer",
              config: { batchInputShape: [null, ...shape.slice(1)] },
              inputs: [],
              weights: [],
            },
            node,
          ],
          outputs: [node.name],
        },
      };
      const simulated = simulate(alone);
      const [y] = runAll(simulated, x);
      simulated.dispose();
      y!.data.forEach((value, i) => {
        const code = Math.round(value / after.params.scale) + after.params.zeroPoint;
        expect(Math.abs(code - after.codes.data[i]!), `${node.name} ${i}`).to.be.at.most(1);
      });
    }
  }

  it("makes one layer of an addition and the ReLU behind it", async () => {
    const conv = weighted("conv", "Conv2D", "x", [3, 3, 2, 4], {
      filters: 4,
      kernelSize: 3,
      padding: "same",
    });
    const other = {
      ...conv,
      name: "other",
      weights: conv.weights.map(({ shape, data }) => ({ shape, data: data.map((w) => -w / 3) })),
    };
    const add = { name: "add", kind: "Add", config: {}, inputs: ["conv", "other"], weights: [] };
    const relu = { name: "relu", kind: "ReLU", config: {}, inputs: ["add"], weights: [] };
    const residual = { nodes: [graph.nodes[0]!, conv, other, add, relu], outputs: ["relu"] };
    const quantized = await quantizeModel(residual, { calibration: images });
    expect(quantized.activations.add).to.equal(undefined);
    const network = toIntegerNetwork(quantized);
    expect(network.layers.map(({ name, kind }) => [name, kind])).to.deep.equal([
      ["conv", "conv2d"],
      ["other", "conv2d"],
      ["relu", "add"],
    ]);
    const simulated = simulate(quantized);
    const [expected] = runAll(simulated, images);
    simulated.dispose();
    const { scales, zeroPoints } = quantized.activations.relu!;
    expect(zeroPoints[0]).to.equal(-128);
    // Each summand may be one of its steps off, and their sum be rounded the other way.
    const step =
      scales[0]! + quantized.activations.conv!.scales[0]! + quantized.activations.other!.scales[0]!;
    (await predictInteger(quantized, images)).data.forEach((y, i) => {
      expect(y).to.be.at.least(0);
      expect(Math.abs(y - expected!.data[i]!)).to.be.at.most(step);
    });
  });

  it("runs codes of 4 bits, which saturate where 4 bits end", async () => {
    const options = { convention: "lecture", calibration: images, weights: { type: "int4" } } as const;
    const quantized = await quantizeModel(graph, { ...options, activations: { type: "uint4" } });
    const restored = await predictInteger(quantized, images, { rounding: "float" });
    const simulated = simulate(quantized);
    const [expected] = runAll(simulated, images);
    simulated.dispose();
    // Float sums are off by far less than a step, so a code differs near a tie only, which none of these is.
    expect(restored).to.deep.equal(expected);
    expect(new Set(restored.data).size).to.be.within(2, 16);
  });

  it("gives the same answers in batches of any size, and tells its progress", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const whole = await predictInteger(quantized, images);
    const seen: string[] = [];
    const onProgress = ({ done, count }: { done: number; count: number }) => seen.push(`${done}/${count}`);
    expect(await predictInteger(quantized, images, { batchSize: 5, onProgress })).to.deep.equal(whole);
    expect(seen).to.deep.equal(["5/12", "10/12", "12/12"]);
  });

  it("stops between batches where a signal says so", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const options = { batchSize: 4, onProgress, signal: stop.signal };
    const error = await predictInteger(quantized, images, options).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError);
    expect(String(error)).to.include("ended after 4 of 12 inputs");
  });

  it("refuses inputs of another shape, saying which it takes", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const one = { shape: [7, 7, 2], data: images.data.slice(0, 98) };
    const nan = { ...images, data: images.data.map((x, i) => (i === 3 ? Number.NaN : x)) };
    for (const [inputs, message] of [
      [one, "the model takes [count, 7, 7, 2], got inputs [7, 7, 2]"],
      [{ shape: [0, 7, 7, 2], data: new Float32Array() }, "the inputs has no elements"],
      [nan, "there is NaN in the inputs, at index 3"],
      [undefined, "the inputs is undefined"],
    ] as const) {
      expect(() => inputCodes(quantized, inputs!)).to.throw(LabError, message);
      const error = await predictInteger(quantized, inputs!).catch((e: unknown) => e);
      expect(String(error)).to.include(message);
    }
    const none = await predictInteger(quantized, images, { batchSize: 0 }).catch((e: unknown) => e);
    expect(String(none)).to.include("batchSize must be an integer 1 or more, got 0");
  });

  it("refuses a dense layer that takes several rows an example", async () => {
    const input = {
      name: "x",
      kind: "InputLayer",
      config: { batchInputShape: [null, 3, 4] },
      inputs: [],
      weights: [],
    };
    const rows = {
      nodes: [input, weighted("dense", "Dense", "x", [4, 3], { units: 3 })],
      outputs: ["dense"],
    };
    const calibration = uniformTensor(seeded("rows"), [5, 3, 4], 0, 1);
    const quantized = await quantizeModel(rows, { calibration });
    expect(() => toIntegerNetwork(quantized)).to.throw(LabError, "Flatten its input, which is [count, 3, 4]");
  });

  it("says how to do without an activation that integers lack", async () => {
    const last = graph.nodes.at(-1)!;
    const ending = async (activation: string) => {
      const node = { ...last, config: { ...last.config, activation } };
      return quantizeModel({ ...graph, nodes: [...graph.nodes.slice(0, -1), node] }, { calibration: images });
    };
    const softmax = await ending("softmax");
    expect(() => toIntegerNetwork(softmax)).to.throw(
      LabError,
      'Give it the activation "linear" before quantizing',
    );
    expect(() => toIntegerNetwork(softmax)).to.throw(
      LabError,
      "temperatureSoftmax of edgelab/core/distillation",
    );
    const tanh = await ending("tanh");
    expect(() => toIntegerNetwork(tanh)).to.throw(LabError, "apply tanh to what predictInteger gives");
  });

  it("saturates a fused ReLU6 at the code of 6", async () => {
    const config = { filters: 4, kernelSize: 3, padding: "same", activation: "relu6" };
    const conv = weighted("conv", "Conv2D", "x", [3, 3, 2, 4], config);
    const louder = conv.weights.map(({ shape, data }) => ({ shape, data: data.map((w) => 40 * w) }));
    const clipped = { nodes: [graph.nodes[0]!, { ...conv, weights: louder }], outputs: ["conv"] };
    const quantized = await quantizeModel(clipped, { calibration: images });
    // A scale that a percentile would choose: codes reach beyond 6.
    const params = { ...quantized.activations.conv!, scales: Float64Array.of(0.0625) };
    const loose = { ...quantized, activations: { ...quantized.activations, conv: params } };
    const restored = await predictInteger(loose, images, { rounding: "float" });
    const simulated = simulate(loose);
    expect(Math.max(...restored.data)).to.equal(6);
    expect(restored).to.deep.equal(runAll(simulated, images)[0]);
    simulated.dispose();
  });

  it("refuses float activations, wide codes, and layers without an integer form", async () => {
    const wide = await quantizeModel(graph, { calibration: images, activations: { type: "int16" } });
    const wideWeights = await quantizeModel(graph, { calibration: images, weights: { type: "int16" } });
    const softmax = { name: "softmax", kind: "Softmax", config: {}, inputs: ["dense"], weights: [] };
    const ended = { nodes: [...graph.nodes, softmax], outputs: ["softmax"] };
    const quantized = await quantizeModel(ended, { calibration: images });
    expect(() => toIntegerNetwork(quantizeWeights(graph))).to.throw(LabError, "of layer x is float");
    expect(() => toIntegerNetwork(wide)).to.throw(LabError, "of layer x is int16");
    expect(() => toIntegerNetwork(wideWeights)).to.throw(LabError, "Its weights are int16");
    expect(() => toIntegerNetwork(quantized)).to.throw(
      LabError,
      "layer softmax (Softmax) has no integer form",
    );
  });
});
