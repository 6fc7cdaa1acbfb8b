import { expect } from "chai";
import { LabError } from "../../errors.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { batch, network } from "./fixtures/network.js";
import { activation, bytes } from "./fixtures/tensors.js";
import type { IntegerLayer, IntegerNetwork } from "./network.js";
import { accumulate, runInteger, runIntegerLayers } from "./run.js";

describe("runInteger", () => {
  it("gives the codes of ONNX Runtime after every layer of a network, with rounding 'float'", () => {
    const activations = runIntegerLayers(network, batch, { rounding: "float" });
    for (const [name, codes] of Object.entries(engines.network.outputs)) {
      expect(activations.get(name)?.codes, name).to.deep.equal(bytes(codes));
    }
    expect(runInteger(network, batch, { rounding: "float" })).to.deep.equal(
      bytes(engines.network.outputs.dense),
    );
  });

  it("differs from that by one code at most in the first layer, whatever the rounding", () => {
    for (const rounding of ["single", "double"] as const) {
      const { codes } = runIntegerLayers(network, batch, { rounding }).get("conv")!;
      const { data } = engines.network.outputs.conv;
      expect(Math.max(...data.map((code, i) => Math.abs(code - codes.data[i]!)))).to.be.at.most(1);
    }
  });

  it("treats each image of a batch alone", () => {
    const second = { shape: [1, 6, 6, 2], data: batch.data.slice(72) };
    expect([...runInteger(network, second).data]).to.deep.equal([
      ...runInteger(network, batch).data.slice(5),
    ]);
  });

  it("keeps the parameters through pools, flatten and ReLU, and lets no code fall below a ReLU's zero point", () => {
    const params = activation("int8", 0.5, -20);
    const through: IntegerNetwork = {
      input: { name: "x", shape: [2, 2, 1], params },
      layers: [
        { kind: "relu", name: "relu", input: "x" },
        {
          kind: "average-pool",
          name: "mean",
          input: "relu",
          size: [1, 2],
          strides: [1, 2],
          padding: "valid",
        },
        { kind: "global-average-pool", name: "all", input: "mean" },
        { kind: "flatten", name: "flat", input: "relu" },
      ],
      output: "all",
    };
    const all = runIntegerLayers(through, { shape: [1, 2, 2, 1], data: Int8Array.of(-100, 40, 9, -20) });
    expect(all.get("relu")?.codes.data).to.deep.equal(Int8Array.of(-20, 40, 9, -20));
    expect(all.get("mean")?.codes.data).to.deep.equal(Int8Array.of(10, -6));
    expect(all.get("all")?.codes).to.deep.equal({ shape: [1, 1], data: Int8Array.of(2) });
    expect(all.get("flat")?.codes.shape).to.deep.equal([1, 4]);
    expect(all.get("all")?.params).to.deep.equal({ ...params, codeMin: -20 });
  });

  it("refuses an input of another shape or type", () => {
    const wide = { shape: [1, 6, 6, 3], data: new Int8Array(108) };
    const unsigned = { shape: [1, 6, 6, 2], data: new Uint8Array(72) };
    expect(() => runInteger(network, wide)).to.throw(LabError, "int8 [n, 6, 6, 2], got int8 [1, 6, 6, 3]");
    expect(() => runInteger(network, unsigned)).to.throw(LabError, "got uint8");
    expect(() => runInteger(network, { shape: [0, 6, 6, 2], data: new Int8Array() })).to.throw(
      LabError,
      "no elements",
    );
  });

  it("refuses a network whose layers don't follow each other", () => {
    const change = (layers: readonly IntegerLayer[], output = "dense") => ({ ...network, layers, output });
    expect(() => runInteger(change(network.layers.toReversed()), batch)).to.throw(
      LabError,
      "no layer flatten",
    );
    expect(() => runInteger(change(network.layers, "softmax"), batch)).to.throw(LabError, "no layer softmax");
    const twice = [...network.layers, network.layers[0]!];
    expect(() => runInteger(change(twice), batch)).to.throw(LabError, "two layers have the name conv");
  });

  it("refuses an input whose parameters can't be", () => {
    const { input } = network;
    const broken = { ...network, input: { ...input, params: { ...input.params, scale: Number.NaN } } };
    expect(() => runInteger(broken, batch)).to.throw(LabError, "NaN");
  });
});

describe("accumulate", () => {
  it("adds the bias to the products", () => {
    const [conv] = network.layers;
    if (conv?.kind !== "conv2d") throw new Error("the fixture starts with a convolution");
    const input = { codes: batch, params: network.input.params };
    const plain = accumulate({ ...conv, bias: new Int32Array(4) }, input);
    const biased = accumulate(conv, input);
    expect([...biased.data]).to.deep.equal([...plain.data].map((sum, i) => sum + conv.bias[i % 4]!));
    expect(() => accumulate({ ...conv, bias: new Int32Array(3) }, input)).to.throw(
      LabError,
      "3 biases for 4",
    );
  });
});
