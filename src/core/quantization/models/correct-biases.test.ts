import { expect } from "chai";
import { LabError } from "../../errors.js";
import { findLayer, fromLayerGraph, type LayerGraph, type LayerNode } from "../../model/index.js";
import { seeded } from "../../random.js";
import { normalTensor, type Tensor, uniformTensor } from "../../tensor.js";
import { chooseBackend, predict } from "../../training/index.js";
import { correctBiases, type QuantizedModel, quantizeModel, quantizeWeights, simulate } from "./index.js";

const rng = seeded("biases");
const dense = (
  name: string,
  from: string,
  [rows, units]: [number, number],
  activation: string,
): LayerNode => ({
  name,
  kind: "Dense",
  config: { units, activation },
  inputs: [from],
  weights: [normalTensor(rng, [rows, units]), normalTensor(rng, [units])],
});

const graph: LayerGraph = {
  nodes: [
    { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 12] }, inputs: [], weights: [] },
    dense("first", "in", [12, 10], "relu"),
    dense("second", "first", [10, 6], "relu"),
    dense("third", "second", [6, 4], "linear"),
  ],
  outputs: ["third"],
};
const calibration = uniformTensor(rng, [200, 12], 0, 1);
const options = { convention: "tflite", weights: { type: "int3" }, calibration } as const;

describe("correcting biases", () => {
  before(async () => {
    await chooseBackend();
  });

  /** The mean of each output, before the last layer's own rounding. */
  async function means(model: QuantizedModel): Promise<number[]> {
    const { third: _, ...activations } = model.activations;
    const simulated = simulate({ ...model, activations });
    const { data } = await predict(simulated, calibration);
    simulated.dispose();
    return meansOf(data);
  }

  const meansOf = (data: Float32Array): number[] =>
    [0, 1, 2, 3].map((c) => data.filter((_, i) => i % 4 === c).reduce((sum, y) => sum + y, 0) / 200);

  it("gives each channel the float model's mean, up to half a step of its bias", async () => {
    const quantized = await quantizeModel(graph, options);
    const corrected = await correctBiases(quantized, calibration);
    const float = fromLayerGraph(graph);
    const expected = meansOf((await predict(float, calibration)).data);
    float.dispose();
    const [before, after] = [await means(quantized), await means(corrected)];
    const { scales } = corrected.weights.third!.bias!;
    expected.forEach((mean, c) => {
      // Beside the rounding of the bias: float32 sums of 7 terms, none above 100.
      expect(Math.abs(after[c]! - mean)).to.be.at.most(scales[c]! / 2 + 2 * 7 * 100 * 2 ** -24);
    });
    const off = (found: number[]): number =>
      Math.max(...found.map((mean, c) => Math.abs(mean - expected[c]!)));
    expect(off(after)).to.be.below(off(before));
  });

  it("changes nothing but the codes of biases", async () => {
    const quantized = await quantizeModel(graph, options);
    const corrected = await correctBiases(quantized, calibration);
    expect(corrected.graph).to.equal(quantized.graph);
    expect(corrected.activations).to.equal(quantized.activations);
    for (const [name, { kernel, bias }] of Object.entries(corrected.weights)) {
      expect(kernel).to.equal(quantized.weights[name]!.kernel);
      expect(bias!.scales).to.deep.equal(quantized.weights[name]!.bias!.scales);
    }
  });

  it("leaves alone a model whose activations are float, and layers without a bias", async () => {
    const weightsOnly = quantizeWeights(graph);
    expect(await correctBiases(weightsOnly, calibration)).to.deep.equal(weightsOnly);
    const [kernel] = findLayer(graph, "first").weights;
    const nodes = graph.nodes.map((node) =>
      node.name === "first"
        ? { ...node, config: { ...node.config, useBias: false }, weights: [kernel!] }
        : node,
    );
    const quantized = await quantizeModel({ ...graph, nodes }, options);
    const corrected = await correctBiases(quantized, calibration);
    expect(corrected.weights.first).to.deep.equal(quantized.weights.first);
  });

  it("refuses inputs of another shape", async () => {
    const quantized = await quantizeModel(graph, options);
    const wrong: Tensor = { shape: [2, 3], data: new Float32Array(6) };
    const error = await correctBiases(quantized, wrong).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError);
    expect(String(error)).to.include("the model takes");
  });
});
