import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { fromLayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { sizeOf, uniformTensor } from "../../tensor.js";
import { chooseBackend, predict } from "../../training/index.js";
import { teachingMlp } from "../../zoo/index.js";
import { runIntegerLayers } from "../integer/index.js";
import { paramsFromData } from "../params.js";
import { fakeQuantize } from "../quantize.js";
import { runAll } from "./calibrate.js";
import { type Case, fixture, graph, images } from "./fixtures/small-network.js";
import {
  compareModels,
  fuseActivations,
  inputCodes,
  modelBytes,
  type QuantizedModel,
  type QuantizeModelOptions,
  quantizeModel,
  quantizeWeights,
  simulate,
  toIntegerNetwork,
} from "./index.js";

function optionsOf({ type, perChannel, symmetric }: Case): QuantizeModelOptions {
  return {
    calibration: images,
    batchSize: 6,
    weights: { per: perChannel ? "channel" : "tensor" },
    activations: { type, symmetric },
  };
}

/** Our model with ONNX Runtime's scales, so that only integers are left to differ. */
function withScales({ graph, weights, activations }: QuantizedModel, given: Case): QuantizedModel {
  const source = (name: string): string =>
    ({ pool: "conv", flat: "depthwise" })[name as "pool" | "flat"] ?? name;
  return {
    graph,
    weights: Object.fromEntries(
      Object.entries(weights).map(([name, { kernel, bias }]) => {
        const { codes, bias: biasCodes, scales } = given.kernels[name]!;
        const params = { ...kernel.params, scales: Float64Array.from(scales) };
        return [
          name,
          {
            kernel: { ...kernel, codes: Int8Array.from(codes), params },
            bias: { ...bias!, codes: Int32Array.from(biasCodes) },
          },
        ];
      }),
    ),
    activations: Object.fromEntries(
      Object.entries(activations).map(([name, params]) => {
        const { scale, zeroPoint } = given.activations[source(name)]!;
        return [name, { ...params, scales: Float64Array.of(scale), zeroPoints: Int32Array.of(zeroPoint) }];
      }),
    ),
  };
}

/** Three layers of float32 sums of 37 terms at most bound how far two libraries' ranges are apart. */
const rangeSlack = 3 * 37 * 2 ** -24;

describe("quantizing a model", () => {
  before(async () => {
    await chooseBackend();
  });

  for (const given of fixture.cases) {
    const name = `${given.type}${given.symmetric ? " symmetric" : ""}, weights per ${given.perChannel ? "channel" : "tensor"}`;

    it(`finds the scales, zero points and codes of onnxruntime's quantize_static: ${name}`, async () => {
      const quantized = await quantizeModel(graph, optionsOf(given));
      for (const [layer, { scale, zeroPoint }] of Object.entries(given.activations)) {
        const params = quantized.activations[layer]!;
        expect(params.scales[0], layer).to.be.closeTo(scale, scale * rangeSlack);
        expect(params.zeroPoints[0], layer).to.equal(zeroPoint);
      }
      for (const [layer, { codes, scales, bias }] of Object.entries(given.kernels)) {
        const { kernel, bias: ours } = quantized.weights[layer]!;
        expect([...kernel.codes], layer).to.deep.equal(codes);
        expect([...kernel.params.scales], layer).to.deep.equal(scales);
        // A scale that is off moves the quotient by as much, and each of the two is rounded by half a code.
        bias.forEach((code, c) => {
          const slack = Math.abs(code) * rangeSlack + 1;
          expect(Math.abs(ours!.codes[c]! - code), `${layer} ${c}`).to.be.at.most(slack);
        });
      }
    });

    it(`computes the codes of onnxruntime's integer operators, in every layer: ${name}`, async () => {
      const model = withScales(await quantizeModel(graph, optionsOf(given)), given);
      const network = toIntegerNetwork(model);
      const layers = runIntegerLayers(network, inputCodes(model, images), { rounding: "float" });
      for (const [layer, expected] of Object.entries(given.codes)) {
        expect([...layers.get(layer)!.codes.data], layer).to.deep.equal(expected);
      }
    });

    it(`simulates those codes: ${name}`, async () => {
      const model = withScales(await quantizeModel(graph, optionsOf(given)), given);
      const simulated = simulate(model);
      const [outputs] = runAll(simulated, images);
      const { scale, zeroPoint } = given.activations.dense!;
      const codes = [...outputs!.data].map((y) => Math.round(y / scale) + zeroPoint);
      // Float sums are off by far less than a step, so a code differs near a tie only, which none of these is.
      expect(codes).to.deep.equal(given.codes.dense);
      simulated.dispose();
    });
  }

  it("gives pools and flatten the parameters of what comes in", async () => {
    const { activations } = await quantizeModel(graph, { calibration: images });
    expect(activations.pool).to.deep.equal(activations.conv);
    expect(activations.flat).to.deep.equal(activations.depthwise);
  });

  it("takes a tfjs model, and a data set for calibration, as well", async () => {
    const rng = seeded("takes");
    const inputs = uniformTensor(rng, [10, 28, 28, 1], 0, 1);
    const model = teachingMlp(rng);
    const data = { inputs, labels: new Int32Array(10), classes: 10 };
    expect(await quantizeModel(model, { calibration: data })).to.deep.equal(
      await quantizeModel(toLayerGraph(model), { calibration: inputs }),
    );
  });

  it("tells its progress batch by batch", async () => {
    const seen: string[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => seen.push(`${done}/${total}`);
    await quantizeModel(graph, { calibration: images, batchSize: 5, onProgress });
    expect(seen).to.deep.equal(["1/3", "2/3", "3/3"]);
  });

  it("gives single layers other weights", async () => {
    const layers = { dense: { type: "int4", per: "tensor" } } as const;
    const { weights } = await quantizeModel(graph, { calibration: images, layers });
    expect(weights.dense?.kernel.params.type).to.equal("int4");
    expect(weights.dense?.kernel.params.scales.length).to.equal(1);
    expect(weights.conv?.kernel.params.type).to.equal("int8");
  });

  it("leaves a bit unused where a range is to be reduced", async () => {
    const reduced = { reduceRange: true } as const;
    const { weights, activations } = await quantizeModel(graph, {
      convention: "torch",
      calibration: images,
      weights: reduced,
      activations: { type: "uint8", ...reduced },
    });
    const whole = await quantizeModel(graph, {
      convention: "torch",
      calibration: images,
      activations: { type: "uint8" },
    });
    for (const [name, { scales, codeMin, codeMax, reduceRange }] of Object.entries(activations)) {
      expect([codeMin, codeMax, reduceRange], name).to.deep.equal([0, 127, true]);
      // 127 steps in place of 255, each scale a float32 number.
      const slack = 2 ** -23 * scales[0]!;
      expect(scales[0], name).to.be.closeTo((whole.activations[name]!.scales[0]! * 255) / 127, slack);
    }
    for (const { kernel } of Object.values(weights)) {
      expect(Math.max(...kernel.codes.map(Math.abs))).to.be.at.most(64);
    }
  });

  it("quantizes weights alone in blocks of a channel's inputs, and leaves biases and outputs float", () => {
    const options = { convention: "lecture", weights: { type: "int3", per: { block: 2 } } } as const;
    const { weights, activations, graph: kept } = quantizeWeights(graph, options);
    expect(activations).to.deep.equal({});
    expect(Object.values(weights).map(({ bias }) => bias)).to.deep.equal([undefined, undefined, undefined]);
    // 4 inputs of 3 channels in blocks of 2.
    expect(weights.dense?.kernel.params.scales.length).to.equal(6);
    expect(kept.nodes.at(-1)?.weights).to.deep.equal(graph.nodes.at(-1)?.weights);
  });

  it("simulates weights alone as the float model with rounded kernels", async () => {
    const options = { convention: "lecture", weights: { type: "int5" } } as const;
    const simulated = simulate(quantizeWeights(graph, options));
    const nodes = graph.nodes.map((node): LayerNode => {
      const [kernel, ...bias] = node.weights;
      if (!kernel) return node;
      const axis = node.kind === "DepthwiseConv2D" ? 2 : kernel.shape.length - 1;
      const scheme = {
        ...options,
        type: "int5",
        symmetric: true,
        granularity: { per: "channel", axis },
      } as const;
      return { ...node, weights: [fakeQuantize(kernel, paramsFromData(kernel, scheme)), ...bias] };
    });
    const rounded = fromLayerGraph(fuseActivations({ ...graph, nodes }));
    expect(await predict(simulated, images)).to.deep.equal(await predict(rounded, images));
    for (const built of [simulated, rounded]) built.dispose();
  });

  it("quantizes the two outputs of a depthwise channel apart", () => {
    const kernel = { shape: [1, 1, 2, 2], data: Float32Array.of(127, 254, 381, -508) };
    const config = { kernelSize: 1, depthMultiplier: 2 };
    const depthwise = { name: "d", kind: "DepthwiseConv2D", config, inputs: ["x"], weights: [kernel] };
    const { weights } = quantizeWeights({ nodes: [graph.nodes[0]!, depthwise], outputs: ["d"] });
    expect([...weights.d!.kernel.params.scales]).to.deep.equal([1, 2, 3, 4]);
    expect([...weights.d!.kernel.codes]).to.deep.equal([127, 127, 127, -127]);
  });

  for (const convention of ["lecture", "torch", "onnxruntime", "tflite"] as const) {
    it(`gives a channel of no weights, and one of nearly none, their biases: ${convention}`, async () => {
      const kernel = { shape: [1, 3], data: Float32Array.of(0, 1e-15, 1) };
      const bias = { shape: [3], data: Float32Array.of(9000, -5, 0.25) };
      const dense = {
        name: "d",
        kind: "Dense",
        config: { units: 3 },
        inputs: ["x"],
        weights: [kernel, bias],
      };
      const input = {
        name: "x",
        kind: "InputLayer",
        config: { batchInputShape: [null, 1] },
        inputs: [],
        weights: [],
      };
      const calibration = { shape: [2, 1], data: Float32Array.of(-1e-3, 1e-3) };
      const model = { nodes: [input, dense], outputs: ["d"] };
      const { weights } = await quantizeModel(model, { convention, calibration });
      const { codes, scales } = weights.d!.bias!;
      bias.data.forEach((b, c) => {
        expect(Math.abs(codes[c]! * scales[c]! - b)).to.be.at.most(scales[c]! / 2);
        expect(scales[c]! / 2).to.be.below(Math.abs(b) * 1e-4);
      });
      expect(weights.d!.kernel.codes[0]).to.equal(0);
    });
  }

  it("keeps no tensors", async () => {
    await quantizeModel(graph, { calibration: images });
    const before = tf.memory().numTensors;
    const quantized = await quantizeModel(graph, { calibration: images });
    await compareModels(quantized, images);
    simulate(quantized).dispose();
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("refuses calibration inputs that are empty, not finite or of another shape, and wrong options", async () => {
    const refused = async (options: Partial<QuantizeModelOptions>, message: string): Promise<void> => {
      const error = await quantizeModel(graph, { calibration: images, ...options }).catch((e: unknown) => e);
      expect(error).to.be.instanceOf(LabError);
      expect(String(error)).to.include(message);
    };
    const nan = { ...images, data: images.data.map((x, i) => (i === 3 ? Number.NaN : x)) };
    await refused({ calibration: { shape: [0, 7, 7, 2], data: new Float32Array() } }, "the model takes");
    await refused({ calibration: undefined as never }, "the calibration is undefined");
    await refused({ calibration: [] as never }, "the calibration is an Array");
    await refused({ calibration: nan }, "there is NaN in the inputs, at index 3");
    await refused({ calibration: uniformTensor(seeded("s"), [2, 5, 7, 2], 0, 1) }, "the model takes");
    await refused({ batchSize: 0 }, "batchSize must be an integer 1 or more, got 0");
    await refused({ layers: { pool: {} } }, "layer pool has no kernel");
    await refused({ layers: { nowhere: {} } }, "there is no layer nowhere");
    await refused({ weights: { type: "int1" } }, '"int1" is no type of codes');
    await refused(
      { convention: "lecture", weights: { per: { block: 2 } } },
      "weights in blocks have several",
    );
  });
});

describe("layers that have no codes", () => {
  const recurrent = (): tf.LayersModel =>
    tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [4, 2] }), tf.layers.gru({ units: 3, name: "memory" })],
    });
  const separable = (): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: [7, 7, 2] }),
        tf.layers.separableConv2d({ filters: 2, kernelSize: 3, name: "apart" }),
      ],
    });

  it("are named, and not left float in silence", async () => {
    for (const [model, layer] of [
      [recurrent(), "layer memory (GRU) has weights that would stay float"],
      [separable(), "layer apart (SeparableConv2D) has weights that would stay float"],
    ] as const) {
      expect(() => quantizeWeights(model)).to.throw(LabError, layer);
      const error = await quantizeModel(model, { calibration: images }).catch((e: unknown) => e);
      expect(String(error)).to.include(layer);
    }
  });

  it("are but batch normalizations that nothing takes in: they stay float, and count as that", async () => {
    const norm = {
      name: "norm",
      kind: "BatchNormalization",
      config: {},
      inputs: ["flat"],
      weights: [1, 2, 3, 4].map((value) => ({ shape: [4], data: new Float32Array(4).fill(value) })),
    };
    const nodes = graph.nodes.flatMap((node) =>
      node.name === "dense" ? [norm, { ...node, inputs: ["norm"] }] : [node],
    );
    const quantized = await quantizeModel({ ...graph, nodes }, { calibration: images });
    expect(Object.keys(quantized.weights)).to.deep.equal(["conv", "depthwise", "dense"]);
    const row = modelBytes(quantized).layers.find(({ name }) => name === "norm");
    // 16 numbers, and what its output's codes stand for.
    expect([row?.floatBytes, row?.bytes]).to.deep.equal([64, 64 + 5]);
  });
});

describe("comparing a quantized model with its float model", () => {
  it("shows noise that only rounding the input makes", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const onlyInput = { ...quantized, weights: {}, activations: { x: quantized.activations.x! } };
    const [input, ...others] = await compareModels(onlyInput, images);
    const { scales } = quantized.activations.x!;
    expect(input?.maxError).to.be.at.most((scales[0]! / 2) * (1 + 2 ** -20));
    // Alone and together are one here.
    expect(input?.alone).to.equal(others.at(-1)?.sqnr);
    expect(others.map(({ alone }) => alone)).to.deep.equal([Infinity, Infinity, Infinity]);
    expect(others.map(({ name }) => name)).to.deep.equal(["conv", "depthwise", "dense"]);
  });

  it("finds the layer that was given two bits", async () => {
    const layers = { depthwise: { type: "int2" } } as const;
    const options = { convention: "lecture", calibration: images, layers } as const;
    const rows = await compareModels(await quantizeModel(graph, options), images);
    const worst = rows.reduce((a, b) => (a.alone < b.alone ? a : b));
    expect(worst.name).to.equal("depthwise");
  });

  it("refuses a model with several outputs", async () => {
    const quantized = await quantizeModel({ ...graph, outputs: ["dense", "flat"] }, { calibration: images });
    const error = await compareModels(quantized, images).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError);
    expect(String(error)).to.include("the model has 2 outputs");
  });

  it("finds nothing where nothing is quantized", async () => {
    const rows = await compareModels({ graph, weights: {}, activations: {} }, images);
    for (const { sqnr, maxError, cosine } of rows) {
      expect([sqnr, maxError]).to.deep.equal([Infinity, 0]);
      expect(cosine).to.be.closeTo(1, 2 ** -50);
    }
  });
});

describe("the bytes of a quantized model", () => {
  it("are codes, scales, zero points, biases, and parameters of outputs", async () => {
    const { layers, floatBytes, bytes } = modelBytes(await quantizeModel(graph, { calibration: images }));
    // conv: 72 codes, 4 scales, 4 biases and a scale and a zero point for its output.
    expect(layers.map((layer) => [layer.name, layer.floatBytes, layer.bytes])).to.deep.equal([
      ["x", 0, 5],
      ["conv", 4 * (72 + 4), 72 + 4 * 4 + 4 * 4 + 5],
      ["pool", 0, 0],
      ["depthwise", 4 * (36 + 4), 36 + 4 * 4 + 4 * 4 + 5],
      ["flat", 0, 0],
      ["dense", 4 * (12 + 3), 12 + 4 * 3 + 4 * 3 + 5],
    ]);
    expect(floatBytes).to.equal(4 * sizeOf([131]));
    expect(bytes).to.equal(5 + 109 + 73 + 41);
  });

  it("count weights without codes as float32", () => {
    const { bytes, floatBytes, ratio } = modelBytes({ graph, weights: {}, activations: {} });
    expect([bytes, ratio]).to.deep.equal([floatBytes, 1]);
  });
});
