import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { type Dataset, glyphs } from "../../data/index.js";
import { LabError } from "../../errors.js";
import { type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { normalTensor, type Tensor, uniformTensor } from "../../tensor.js";
import { accuracyOf, chooseBackend, evaluate, fit, predict } from "../../training/index.js";
import { teachingMlp } from "../../zoo/index.js";
import type { Convention } from "../scheme.js";
import {
  learnedScale,
  predictInteger,
  type QuantizationAwareOptions,
  type QuantizedModel,
  quantizationAwareFit,
  quantizeModel,
  scaleGradients,
  simulate,
} from "./index.js";

interface Case {
  bits: number;
  moving: boolean;
  start: number[][];
  losses: number[];
  end: number[][];
  ranges: [number, number][];
}

const fixture: { inputs: number[]; labels: number[]; learningRate: number; steps: number; cases: Case[] } =
  JSON.parse(readFileSync(new URL("./fixtures/training-steps.json", import.meta.url), "utf8"));

const vector = (values: number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) });
const matrix = (values: number[], rows: number): Tensor => ({
  shape: [rows, values.length / rows],
  data: Float32Array.from(values),
});

/** Dense, ReLU, dense, with the weights of a case. */
function denseGraph([kernel, bias, lastKernel, lastBias]: number[][]): LayerGraph {
  const input = {
    name: "in",
    kind: "InputLayer",
    config: { batchInputShape: [null, 5] },
    inputs: [],
    weights: [],
  };
  const first: LayerNode = {
    name: "first",
    kind: "Dense",
    config: { units: 6, activation: "relu" },
    inputs: ["in"],
    weights: [matrix(kernel!, 5), vector(bias!)],
  };
  const last: LayerNode = {
    name: "last",
    kind: "Dense",
    config: { units: 3 },
    inputs: ["first"],
    weights: [matrix(lastKernel!, 6), vector(lastBias!)],
  };
  return { nodes: [input, first, last], outputs: ["last"] };
}

describe("quantization-aware training", () => {
  before(async () => {
    await chooseBackend();
  });

  const few: Dataset = {
    inputs: matrix(fixture.inputs, 8),
    labels: Int32Array.from(fixture.labels),
    classes: 3,
  };

  for (const given of fixture.cases) {
    const name = `${given.bits} bits, ranges that ${given.moving ? "move" : "stay"}`;
    it(`trains the weights that torch trains: ${name}`, async () => {
      const { quantized, history, model } = await quantizationAwareFit(denseGraph(given.start), few, {
        convention: "torch",
        weights: { type: `int${given.bits}` },
        averagingConstant: 0.5,
        freezeRangesAfter: given.moving ? fixture.steps : 0,
        epochs: fixture.steps,
        batchSize: 8,
        optimizer: { kind: "sgd", learningRate: fixture.learningRate },
        rng: seeded("order"),
      });
      model.dispose();
      // Gradients are sums over 8 examples of products of sums of 6, of absolute values that stay below 10: 24
      // roundings each, in each step. A value that crossed a tie would show as an error of a whole step.
      const slack = fixture.steps * fixture.learningRate * 24 * 2 ** -24 * 10;
      history.epochs.forEach(({ loss }, i) => {
        expect(loss).to.be.closeTo(given.losses[i]!, slack);
      });
      const trained = quantized.graph.nodes.flatMap(({ weights }) => weights);
      trained.forEach(({ data }, i) => {
        data.forEach((w, j) => {
          expect(w, `weight ${i} ${j}`).to.be.closeTo(given.end[i]![j]!, slack);
        });
      });
      ["in", "first", "last"].forEach((layer, i) => {
        const { scales } = quantized.activations[layer]!;
        const [min, max] = given.ranges[i]!;
        expect(scales[0]! * 255).to.be.closeTo(max - min, 2 * slack);
      });
    });
  }

  /** Convolution, batch normalization, ReLU, depthwise convolution, residual addition, means, dense. */
  function smallModel(): tf.LayersModel {
    const input = tf.input({ shape: [6, 6, 2] });
    const conv = tf.layers
      .conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false })
      .apply(input);
    const normed = tf.layers.batchNormalization().apply(conv);
    const active = tf.layers.reLU().apply(normed) as tf.SymbolicTensor;
    const depthwise = tf.layers
      .depthwiseConv2d({ kernelSize: 3, padding: "same", depthMultiplier: 1 })
      .apply(active) as tf.SymbolicTensor;
    const sum = tf.layers.reLU().apply(tf.layers.add().apply([active, depthwise]));
    const means = tf.layers.globalAveragePooling2d({}).apply(sum);
    return tf.model({
      inputs: input,
      outputs: tf.layers.dense({ units: 3 }).apply(means) as tf.SymbolicTensor,
    });
  }

  /** The model with seeded weights: those that tfjs draws are other ones each time. */
  function smallGraph(): LayerGraph {
    const rng = seeded("small");
    const graph = toLayerGraph(smallModel());
    const draw = ({ kind, weights }: LayerNode): Tensor[] =>
      weights.map(({ shape }) =>
        kind === "BatchNormalization" ? uniformTensor(rng, shape, 0.5, 1) : normalTensor(rng, shape, 0, 0.5),
      );
    return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, weights: draw(node) })) };
  }

  const rng = seeded("data");
  const data: Dataset = {
    inputs: uniformTensor(rng, [24, 6, 6, 2], -1, 1),
    labels: Int32Array.from({ length: 24 }, () => rng.integer(0, 2)),
    classes: 3,
  };
  const brief = (options: Partial<QuantizationAwareOptions> = {}): QuantizationAwareOptions => ({
    epochs: 2,
    batchSize: 8,
    rng: seeded("order"),
    ...options,
  });

  const conventions: readonly Convention[] = ["lecture", "torch", "onnxruntime", "tflite"];
  for (const convention of conventions) {
    for (const ranges of ["observed", "learned"] as const) {
      it(`ends with a model that answers as the quantized one, bit for bit: ${convention}, ${ranges}`, async () => {
        const options = brief({ convention, ranges, weights: { type: "int4" } });
        const { model, quantized } = await quantizationAwareFit(smallGraph(), data, options);
        const simulated = simulate(quantized);
        expect(await predict(model, data.inputs)).to.deep.equal(await predict(simulated, data.inputs));
        for (const built of [model, simulated]) built.dispose();
      });
    }
  }

  it("leaves the given model as it is, and keeps no tensors but the trained model's", async () => {
    const model = smallModel();
    const before = toLayerGraph(model);
    const ours = await quantizationAwareFit(model, data, brief());
    ours.model.dispose();
    const tensors = tf.memory().numTensors;
    (await quantizationAwareFit(model, data, brief())).model.dispose();
    (await quantizationAwareFit(model, data, brief({ ranges: "learned" }))).model.dispose();
    expect(tf.memory().numTensors).to.equal(tensors);
    expect(toLayerGraph(model)).to.deep.equal(before);
  });

  it("keeps the calibrated ranges where they are frozen from the start", async () => {
    const graph = smallGraph();
    const { model, quantized } = await quantizationAwareFit(graph, data, brief({ freezeRangesAfter: 0 }));
    model.dispose();
    expect(quantized.activations).to.deep.equal(
      (await quantizeModel(graph, { calibration: data })).activations,
    );
  });

  it("moves observed ranges, and keeps them still in the last epoch", async () => {
    const seen: number[][] = [];
    const onEpoch = (_: unknown, model: tf.LayersModel): void => {
      const ranges = model.layers.filter((layer) => layer.getClassName() === "MovingRange");
      seen.push(ranges.flatMap((layer) => [...layer.getWeights()[0]!.dataSync()]));
    };
    const options = brief({ epochs: 3, averagingConstant: 0.5, callbacks: { onEpoch } });
    (await quantizationAwareFit(smallGraph(), data, options)).model.dispose();
    expect(seen[1]).to.not.deep.equal(seen[0]);
    expect(seen[2]).to.deep.equal(seen[1]);
  });

  for (const ranges of ["observed", "learned"] as const) {
    it(`leaves frozen layers as they are: ${ranges}`, async () => {
      const graph = smallGraph();
      const frozen = graph.nodes.map((node) =>
        node.kind === "DepthwiseConv2D" ? { ...node, config: { ...node.config, trainable: false } } : node,
      );
      const { model, quantized } = await quantizationAwareFit(
        { ...graph, nodes: frozen },
        data,
        brief({ ranges }),
      );
      model.dispose();
      const kernelsOf = ({ nodes }: LayerGraph, kind: string) =>
        nodes.filter((node) => node.kind === kind).map(({ weights }) => weights[0]);
      expect(kernelsOf(quantized.graph, "DepthwiseConv2D")).to.deep.equal(
        kernelsOf(graph, "DepthwiseConv2D"),
      );
      expect(kernelsOf(quantized.graph, "Dense")).to.not.deep.equal(kernelsOf(graph, "Dense"));
    });
  }

  for (const ranges of ["observed", "learned"] as const) {
    it(`keeps a pruned model's zeros where asked, and else not: ${ranges}`, async () => {
      const graph = smallGraph();
      const pruned = graph.nodes.map((node) =>
        node.kind === "Dense" || node.kind === "Conv2D"
          ? { ...node, weights: [everyThirdZero(node.weights[0]!), ...node.weights.slice(1)] }
          : node,
      );
      const zerosWith = async (keepZeros: boolean): Promise<number[]> => {
        const options = brief({ ranges, keepZeros, optimizer: { kind: "adam", learningRate: 0.05 } });
        const { model, quantized } = await quantizationAwareFit({ ...graph, nodes: pruned }, data, options);
        model.dispose();
        const kernels = quantized.graph.nodes.filter(({ kind }) => kind === "Dense" || kind === "Conv2D");
        return kernels.flatMap(({ name, weights }) => {
          const { codes, params } = quantized.weights[name]!.kernel;
          expect(params.zeroPoints.every((zero) => zero === 0)).to.equal(true);
          return [...weights[0]!.data].flatMap((w, i) => (i % 3 === 0 ? [w, codes[i]!] : []));
        });
      };
      expect(new Set(await zerosWith(true))).to.deep.equal(new Set([0]));
      expect(new Set(await zerosWith(false)).size).to.be.above(2);
    });
  }

  it("moves ranges as the moving-average observer does that is given", async () => {
    const graph = smallGraph();
    const rangesWith = async (options: Partial<QuantizationAwareOptions>) => {
      const { model, quantized } = await quantizationAwareFit(graph, data, brief(options));
      model.dispose();
      return quantized.activations;
    };
    const observer = { kind: "moving-average", averagingConstant: 0.5 } as const;
    const given = await rangesWith({ activations: { observer } });
    expect(given).to.deep.equal(await rangesWith({ activations: { observer }, averagingConstant: 0.5 }));
    expect(given).to.not.deep.equal(await rangesWith({ activations: { observer }, averagingConstant: 0.01 }));
  });

  it("reduces the ranges of outputs where asked", async () => {
    const activations = { reduceRange: true } as const;
    for (const ranges of ["observed", "learned"] as const) {
      const { model, quantized } = await quantizationAwareFit(
        smallGraph(),
        data,
        brief({ convention: "torch", ranges, activations }),
      );
      model.dispose();
      for (const { codeMin, codeMax } of Object.values(quantized.activations)) {
        expect([codeMin, codeMax]).to.deep.equal([-64, 63]);
      }
    }
  });

  it("trains scales where they are to be learned", async () => {
    const graph = smallGraph();
    const optimizer = { kind: "adam", learningRate: 0.05 } as const;
    const { model, quantized } = await quantizationAwareFit(
      graph,
      data,
      brief({ ranges: "learned", optimizer }),
    );
    model.dispose();
    const start = await quantizeModel(graph, { calibration: data });
    for (const [name, { kernel }] of Object.entries(quantized.weights)) {
      expect(kernel.params.scales).to.not.deep.equal(start.weights[name]!.kernel.params.scales);
    }
    for (const [name, { scales, zeroPoints }] of Object.entries(quantized.activations)) {
      expect(scales, name).to.not.deep.equal(start.activations[name]!.scales);
      expect(zeroPoints, name).to.deep.equal(start.activations[name]!.zeroPoints);
    }
  });

  it("refuses bad options, and disposes of what it built when training fails", async () => {
    const graph = smallGraph();
    const refused = async (options: Partial<QuantizationAwareOptions>, message: string): Promise<void> => {
      const error = await quantizationAwareFit(graph, data, brief(options)).catch((e: unknown) => e);
      expect(error).to.be.instanceOf(LabError);
      expect(String(error)).to.include(message);
    };
    await refused({ averagingConstant: 0 }, "averagingConstant must be in (0, 1], got 0");
    const nothing = await quantizationAwareFit(graph, data, undefined as never).catch((e: unknown) => e);
    expect(String(nothing)).to.include("the last argument of quantizationAwareFit is undefined");
    const noData = await quantizationAwareFit(graph, undefined as never, brief()).catch((e: unknown) => e);
    expect(String(noData)).to.include("the training data is undefined");
    const ending = graph.nodes.map((node) =>
      node.kind === "Dense" ? { ...node, config: { ...node.config, activation: "softmax" } } : node,
    );
    const softmax = await quantizationAwareFit({ ...graph, nodes: ending }, data, brief()).catch(
      (e: unknown) => e,
    );
    expect(String(softmax)).to.include("the model ends in a softmax, in layer dense");
    await refused({ freezeRangesAfter: 0.5 }, "freezeRangesAfter must be an integer 0 or more");
    await refused({ ranges: "guessed" as "observed" }, "there are no guessed ranges");
    const tensors = tf.memory().numTensors;
    await refused({ epochs: 0 }, "epochs must be an integer 1 or more");
    expect(tf.memory().numTensors).to.equal(tensors);
  });

  it("differentiates by the logarithm of a scale: S ln 2 times the derivative by the scale", () => {
    const scheme = { convention: "lecture", type: "int4", symmetric: true } as const;
    const numbers = {
      scales: Float64Array.of(1, 1),
      zeroPoints: Int32Array.of(0, 0),
      codeMin: -7,
      codeMax: 7,
    };
    const params = { ...scheme, granularity: { per: "channel", axis: 0 }, ...numbers } as const;
    tf.tidy(() => {
      const x = tf.tensor2d([0.3, -9, 1.26, 2], [2, 2]);
      const logs = tf.tensor1d([-1, 1]);
      const [dx, dl] = tf.grads((a, l) => learnedScale(a!, l!, params))(
        [x, logs],
        tf.tensor2d([1, 2, 3, 4], [2, 2]),
      );
      const scaled = { ...params, scales: Float64Array.of(0.5, 2) };
      const given = { shape: [2, 2], data: Float32Array.of(0.3, -9, 1.26, 2) };
      const byScale = scaleGradients(given, { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, scaled);
      expect([...dx!.dataSync()]).to.deep.equal([1, 0, 3, 4]);
      expect([...dl!.dataSync()]).to.deep.equal(
        [...byScale].map((gradient, g) => Math.fround(scaled.scales[g]! * Math.LN2 * gradient)),
      );
    });
  });
});

function everyThirdZero({ shape, data }: Tensor): Tensor {
  return { shape, data: data.map((w, i) => (i % 3 === 0 ? 0 : w)) };
}

describe("digits", () => {
  it("survive 8 bits, in floats and in integers, don't survive 2, and are learned again with 2", async () => {
    const train = glyphs({ count: 1200, rng: seeded("train") });
    const test = glyphs({ count: 400, rng: seeded("test") });
    const model = teachingMlp(seeded("model"));
    await fit(model, train, { epochs: 5, rng: seeded("order") });
    const accuracy = async (of: tf.LayersModel): Promise<number> => (await evaluate(of, test)).accuracy;
    const float = await accuracy(model);
    const quantized = async (type: "int8" | "int2"): Promise<number> => {
      const options = { convention: "tflite", weights: { type }, calibration: train } as const;
      return accuracy(simulate(await quantizeModel(model, options)));
    };
    // Whoever is wrong on the same digits but for a few is off by those few: four errors of 400 are 1 %.
    expect(await quantized("int8")).to.be.at.least(float - 0.01);
    await checkIntegers(await quantizeModel(model, { calibration: train }), test);
    const int2 = await quantized("int2");
    const trained = await quantizationAwareFit(model, train, {
      convention: "tflite",
      weights: { type: "int2" },
      epochs: 2,
      rng: seeded("again"),
    });
    const regained = await accuracy(trained.model);
    // Two shares of 400 differ by chance by three standard deviations of at most √(2 · ¼ / 400): 0.11.
    expect(int2).to.be.below(float - 0.11);
    expect(regained).to.be.above(int2 + 0.11);
  });

  /**
   * Rounding apart, integers and the simulation compute the same. A sum of 784 terms in float32 is off by about
   * √784 · 2^-24 of the terms' absolute sum, some thousand steps: by 0.002 steps. So less than one code in a
   * hundred may be the neighbour.
   */
  async function checkIntegers(model: QuantizedModel, { inputs, labels }: Dataset): Promise<void> {
    const simulated = simulate(model);
    const expected = await predict(simulated, inputs);
    simulated.dispose();
    for (const rounding of ["single", "float"] as const) {
      const codes = await predictInteger(model, inputs, { rounding });
      const step = model.activations[model.graph.outputs[0]!]!.scales[0]!;
      const apart = [...codes.data].map((y, i) => Math.round(Math.abs(y - expected.data[i]!) / step));
      expect(Math.max(...apart)).to.be.at.most(1);
      expect(apart.filter((steps) => steps > 0).length).to.be.below(0.01 * apart.length);
      expect(accuracyOf(codes, labels)).to.be.closeTo(accuracyOf(expected, labels), 0.01);
    }
  }
});
