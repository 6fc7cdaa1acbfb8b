import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { batch, network } from "./fixtures/network.js";
import { activation } from "./fixtures/tensors.js";
import { followInteger } from "./follow.js";
import { formatTrace } from "./format-trace.js";
import type { ByteTensor, IntegerNetwork } from "./network.js";
import { accumulate, activationOf, runIntegerLayers } from "./run.js";
import { traceInteger } from "./trace.js";
import { unravel } from "./trace-product.js";

/** A convolution that one can do by hand: 2 × 2 codes, a kernel of 2 × 2 with 'same' padding. */
const params = activation("uint8", 0.5, 10);
const byHand: IntegerNetwork = {
  input: { name: "x", shape: [2, 2, 1], params },
  layers: [
    {
      kind: "conv2d",
      name: "conv",
      input: "x",
      weights: { shape: [2, 2, 1, 1], data: Int8Array.of(1, -2, 3, -4) },
      weightScales: Float64Array.of(0.25),
      weightZeros: Int32Array.of(-1),
      bias: Int32Array.of(6),
      strides: [1, 1],
      padding: "same",
      output: activation("int8", 1, -5),
    },
    { kind: "relu", name: "relu", input: "conv" },
    { kind: "add", name: "add", inputs: ["conv", "relu"], output: activation("int8", 2, 0) },
    { kind: "average-pool", name: "mean", input: "relu", size: [2, 2], strides: [1, 1], padding: "valid" },
    { kind: "flatten", name: "flat", input: "mean" },
  ],
  output: "flat",
};
const image = { shape: [1, 2, 2, 1], data: Uint8Array.of(30, 20, 12, 4) };

describe("traceInteger", () => {
  it("gives every product of a convolution that was done by hand", () => {
    const trace = traceInteger(byHand, image, { layer: "conv", index: [0, 0, 1, 0] });
    // The right half of the window lies on padding: 20 - 10 = 10 times 1 + 1, and 4 - 10 = -6 times 3 + 1.
    expect(trace).to.deep.include({
      kind: "conv2d",
      sum: -4,
      bias: 6,
      accumulator: 2,
      inputZero: 10,
      weightZero: -1,
    });
    if (trace.kind !== "conv2d") throw new Error("it is a convolution");
    const [first, second] = trace.terms;
    expect(first).to.deep.equal({
      inputIndex: [0, 0, 1, 0],
      inputCode: 20,
      weightIndex: [0, 0, 0, 0],
      weightCode: 1,
      product: 20,
    });
    expect(second).to.deep.include({ inputCode: 4, weightIndex: [1, 0, 0, 0], weightCode: 3, product: -24 });
    // 0.5 · 0.25 / 1 = 2^-3 = 2^30 · 2^(-2 - 31); 2/8 rounds to 0, the zero point is -5.
    expect(trace.multiplier).to.deep.equal({
      kind: "fixed-point",
      real: 0.125,
      multiplier: 2 ** 30,
      shift: -2,
    });
    expect(trace).to.deep.include({ rounded: 0, code: -5, value: 0 });
  });

  it("ends in the code that runInteger gives, for every layer, place and rounding", () => {
    const layers = network.layers.map(({ name }) => name);
    const choice = fc.record({
      layer: fc.constantFrom(...layers),
      place: fc.nat(10000),
      rounding: fc.constantFrom("single" as const, "double" as const, "float" as const),
    });
    fc.assert(
      fc.property(choice, ({ layer, place, rounding }) => {
        const activations = runIntegerLayers(network, batch, { rounding });
        const { codes, params: output } = activations.get(layer)!;
        const flat = place % codes.data.length;
        const trace = traceInteger(network, batch, { layer, index: unravel(flat, codes.shape), rounding });
        expect(trace.code).to.equal(codes.data[flat]);
        expect(trace.value).to.equal(output.scale * (trace.code - output.zeroPoint));
        if ("rounded" in trace) {
          const clamped = Math.max(
            output.codeMin,
            Math.min(output.codeMax, trace.rounded + output.zeroPoint),
          );
          expect(clamped).to.equal(trace.code);
        }
        const found = network.layers.find(({ name }) => name === layer)!;
        if ("accumulator" in trace && "weights" in found) {
          const acc = accumulate(found, activationOf(activations, found.input));
          expect(trace.accumulator).to.equal(acc.data[flat]);
          expect(trace.terms.reduce((sum, { product }) => sum + product, trace.bias)).to.equal(
            trace.accumulator,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the float32 factor where the rounding is 'float'", () => {
    const trace = traceInteger(network, batch, { layer: "dense", index: [1, 4], rounding: "float" });
    if (trace.kind !== "dense" || trace.multiplier.kind !== "float32")
      throw new Error("it is a float32 factor");
    expect(trace.multiplier.factor).to.equal(Math.fround(trace.multiplier.factor));
    // Two scales are float32 already: their product and the quotient are rounded once each, by 2^-24.
    const { real, factor } = trace.multiplier;
    expect(Math.abs(factor / real - 1)).to.be.at.most(2 * 2 ** -24 * (1 + 2 ** -20));
  });

  it("refuses a layer that is not there, and an index outside of it", () => {
    const trace =
      (layer: string, ...index: number[]) =>
      () =>
        traceInteger(byHand, image, { layer, index });
    expect(trace("softmax", 0)).to.throw(LabError, "conv, relu, add, mean, flat");
    expect(trace("conv", 0, 0)).to.throw(LabError, "[0, 0] is no index into shape [1, 2, 2, 1]");
    expect(trace("conv", 0, 2, 0, 0)).to.throw(LabError, "index 1");
    expect(trace("conv", 0, 0, -1, 0)).to.throw(LabError, "-1");
    expect(trace("conv", 0, 0, 0.5, 0)).to.throw(LabError, "0.5");
  });
});

describe("followInteger", () => {
  it("leads from the output through every layer to the input, each trace to a code that the next one makes", () => {
    const activations = runIntegerLayers(network, batch);
    for (let j = 0; j < 5; j++) {
      const traces = followInteger(network, batch, { index: [1, j] });
      const names = traces.map(({ layer }) => layer);
      expect(names.slice(0, 3)).to.deep.equal(["dense", "flatten", "add"]);
      expect(names.slice(-2)).to.deep.equal(["pool", "conv"]);
      traces.forEach(({ layer, code, index, inputs }, i) => {
        expect(at(activations.get(layer)!.codes, index)).to.equal(code);
        expect(inputs).to.include(names[i + 1] ?? "image");
      });
    }
  });

  it("takes the largest product, the larger summand and a window's largest code", () => {
    const [flat, mean, relu, conv, ...rest] = followInteger(byHand, image, { index: [0, 0] });
    expect(rest).to.have.length(0);
    expect([flat?.layer, mean?.layer, relu?.layer, conv?.layer]).to.deep.equal([
      "flat",
      "mean",
      "relu",
      "conv",
    ]);
    // The sums are 40 - 10 + 8 + 18, 20 - 24, 4 + 6 and -12: the first makes the largest code.
    expect(conv?.index).to.deep.equal([0, 0, 0, 0]);
    const added = followInteger({ ...byHand, output: "add" }, image, { index: [0, 0, 0, 0] });
    expect(added.map(({ layer }) => layer)).to.deep.equal(["add", "conv"]);
  });

  it("refuses an index outside of the output", () => {
    expect(() => followInteger(byHand, image, { index: [0, 1] })).to.throw(LabError, "index 1");
  });
});

/** The code at an index of each axis. */
function at({ shape, data }: ByteTensor, index: readonly number[]): number {
  return data[index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)]!;
}

describe("formatTrace", () => {
  const text = (layer: string, index: number[], options = {}) =>
    formatTrace(traceInteger(byHand, image, { layer, index, ...options }), options);

  it("prints a convolution's products, accumulator, multiplier and code", () => {
    expect(text("conv", [0, 0, 1, 0]).split("\n")).to.deep.equal([
      "conv[0, 0, 1, 0]: conv2d of x; largest products first",
      "  input         code - zero  weight        code - zero  product",
      "  [0, 1, 1, 0]       4 - 10  [1, 0, 0, 0]     3 - (-1)      -24  ← followed",
      "  [0, 0, 1, 0]      20 - 10  [0, 0, 0, 0]     1 - (-1)       20",
      "  sum                                                        -4",
      "  accumulator -4 + bias 6 = 2",
      "  multiplier 0.125 as 1073741824 · 2^(-2 - 31)",
      "  2 · 0.125 = 0.25, rounded (double) 0",
      "  0 + zero point -5, within -128 and 127: code -5",
      "  it stands for 1 · (-5 - (-5)) = 0",
    ]);
  });

  it("sums up the terms after the limit", () => {
    expect(text("conv", [0, 0, 0, 0], { limit: 1 })).to.include("3 more, together");
    expect(text("conv", [0, 0, 0, 0], { limit: 4 })).to.not.include("more");
    expect(text("mean", [0, 0, 0, 0], { limit: 1 })).to.include(
      "and 3 more; farthest from the zero point first",
    );
    expect(() => text("conv", [0, 0, 0, 0], { limit: -1 })).to.throw(LabError, "limit");
  });

  it("marks what followInteger goes on with, however few terms are printed", () => {
    for (let output = 0; output < 5; output++) {
      const traces = followInteger(network, batch, { index: [1, output] });
      traces.slice(0, -1).forEach((trace, i) => {
        const next = traces[i + 1]!;
        const lines = formatTrace(trace, { limit: 1 }).split("\n");
        const [marked = "", ...others] = lines.filter((line) => line.includes("followed"));
        expect(others).to.deep.equal([]);
        if (trace.kind === "add") {
          const at = trace.inputs.indexOf(next.layer);
          expect(lines.indexOf(marked)).to.equal(1 + at);
        } else if (trace.kind !== "flatten" && trace.kind !== "relu") {
          expect(marked).to.include(`[${next.index.join(", ")}]`);
        }
      });
    }
  });

  it("refuses what is no trace", () => {
    const traces = followInteger(network, batch, { index: [0, 0] });
    expect(() => formatTrace(traces as never)).to.throw(LabError, "the trace is an Array. Give one trace");
    expect(() => formatTrace(undefined as never)).to.throw(LabError, "the trace is undefined");
  });

  it("prints the float32 factor of rounding 'float'", () => {
    expect(text("conv", [0, 0, 0, 0], { rounding: "float" })).to.include("as float32 0.125");
  });

  it("prints pools, additions, ReLU and flatten", () => {
    expect(text("mean", [0, 0, 0, 0]))
      .to.include("mean ")
      .and.to.include("rounded");
    expect(text("add", [0, 0, 0, 0])).to.include("sum in steps of the output, rounded (double)");
    expect(text("relu", [0, 0, 1, 0])).to.include("code -5 at [0, 0, 1, 0] becomes -5");
    expect(text("flat", [0, 0])).to.include("of [0, 0, 0, 0]");
  });
});
