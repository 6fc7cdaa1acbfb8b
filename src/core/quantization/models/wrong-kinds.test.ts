import { expect } from "chai";
import { LabError } from "../../errors.js";
import { runIntegerLayers } from "../integer/index.js";
import { graph, images } from "./fixtures/small-network.js";
import {
  compareModels,
  correctBiases,
  inputCodes,
  modelBytes,
  predictInteger,
  type QuantizedModel,
  quantizeModel,
  quantizeWeights,
  simulate,
  toIntegerNetwork,
} from "./index.js";

describe("values of another kind", () => {
  const refused = async (act: () => unknown, message: string): Promise<void> => {
    const error = await Promise.resolve()
      .then(act)
      .catch((e: unknown) => e);
    expect(error).to.be.instanceOf(LabError);
    expect(String(error)).to.include(message);
  };

  it("are no models and no options", async () => {
    const options = { calibration: images };
    await refused(() => quantizeModel(undefined as never, options), "the model is undefined");
    await refused(() => quantizeModel(Promise.resolve(graph) as never, options), "Write await before");
    await refused(() => quantizeWeights({} as never), "Give a tfjs model, or the graph");
    await refused(
      () => quantizeModel(graph, undefined as never),
      "last argument of quantizeModel is undefined",
    );
  });

  it("are no quantized models", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const network = toIntegerNetwork(quantized);
    const promise = quantizeModel(graph, { calibration: images });
    for (const use of [
      toIntegerNetwork,
      simulate,
      modelBytes,
      (model: QuantizedModel) => inputCodes(model, images),
      (model: QuantizedModel) => predictInteger(model, images),
      (model: QuantizedModel) => compareModels(model, images),
      (model: QuantizedModel) => correctBiases(model, images),
    ]) {
      await refused(() => use(undefined as never), "the quantized model is undefined");
      await refused(() => use(network as never), "Give what quantizeModel or quantizeWeights returned");
      await refused(() => use(promise as never), "Write await before");
    }
    await promise;
  });

  it("are no integer networks", async () => {
    const quantized = await quantizeModel(graph, { calibration: images });
    const codes = inputCodes(quantized, images);
    await refused(() => runIntegerLayers(quantized as never, codes), "toIntegerNetwork(quantized)");
    await refused(() => runIntegerLayers(undefined as never, codes), "the network is undefined");
    const network = toIntegerNetwork(quantized);
    await refused(() => runIntegerLayers(network, images as never), "got Float32Array");
    await refused(
      () => runIntegerLayers(network, { shape: [2], data: new Int8Array(2) }),
      "inputCodes(quantized",
    );
  });

  it("name the layer whose weights hold NaN", async () => {
    const [kernel, bias] = graph.nodes.at(-1)!.weights;
    const broken = { ...kernel!, data: kernel!.data.map((w, i) => (i === 2 ? Number.NaN : w)) };
    const nodes = graph.nodes.map((node) =>
      node.name === "dense" ? { ...node, weights: [broken, bias!] } : node,
    );
    const message = "there is NaN in the weights of layer dense, at index 2";
    await refused(() => quantizeModel({ ...graph, nodes }, { calibration: images }), message);
    await refused(() => quantizeWeights({ ...graph, nodes }), message);
  });
});
