import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { addBias } from "./bias.js";
import { conv2dInt8 } from "./conv2d.js";
import { depthwiseConv2dInt8 } from "./depthwise.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { activation, bytes } from "./fixtures/tensors.js";
import tflite from "./fixtures/tflite.json" with { type: "json" };
import { matmulInt8 } from "./matmul.js";
import { requantize } from "./requantize.js";

const pair = ([a = 0, b = 0]: number[]) => [a, b] as const;
const scaled = (xScale: number, wScales: number[]) => ({ inputScale: xScale, weightScales: wScales });

describe("requantize with rounding 'float'", () => {
  for (const { name, a, b, aZero, bZero, aScale, bScales, yScale, yZero, y } of engines.qlinearMatmul) {
    it(`gives the codes of ONNX Runtime's QLinearMatMul: ${name}`, () => {
      const output = activation(y.type, yScale, yZero);
      const acc = matmulInt8(bytes(a), bytes(b), { aZero, bZeros: bZero });
      expect(requantize(acc, { ...scaled(aScale, bScales), output, rounding: "float" })).to.deep.equal(
        bytes(y),
      );
    });
  }

  for (const [engine, cases] of [
    ["ONNX Runtime's QLinearConv", engines.qlinearConv],
    ["PyTorch's quantized::conv2d", engines.torchConv],
  ] as const) {
    cases.forEach(
      ({ depthwise, strides, padding, x, w, xZero, xScale, wScales, yScale, yZero, bias, y }, index) => {
        const kind = `${depthwise ? "depthwise" : "full"}, ${padding}, strides ${strides}`;
        it(`gives the codes of ${engine}, case ${index}: ${kind}`, () => {
          const convolve = depthwise ? depthwiseConv2dInt8 : conv2dInt8;
          const window = { strides: pair(strides), padding: padding as "same" | "valid", inputZero: xZero };
          const acc = addBias(convolve(bytes(x), bytes(w), window), Int32Array.from(bias));
          const output = activation(y.type, yScale, yZero);
          expect(requantize(acc, { ...scaled(xScale, wScales), output, rounding: "float" })).to.deep.equal(
            bytes(y),
          );
        });
      },
    );
  }

  for (const { engine, x, w, xScale, xZero, wScales, yScale, yZero, y } of engines.torchLinear) {
    it(`gives the codes of PyTorch's quantized::linear: ${engine}, ${wScales.length} scales`, () => {
      const acc = matmulInt8(bytes(x), bytes(w), { aZero: xZero });
      const output = activation(y.type, yScale, yZero);
      expect(requantize(acc, { ...scaled(xScale, wScales), output, rounding: "float" })).to.deep.equal(
        bytes(y),
      );
    });
  }
});

describe("requantize with rounding 'single' and 'double'", () => {
  tflite.convolutions.forEach((fixture, index) => {
    const { depthwise, strides, padding, xZero, xScale, wScales, yScale, yZero, bias } = fixture;
    const kind = `${depthwise ? "depthwise" : "full"}, ${padding}, strides ${strides}`;
    it(`gives the codes of TensorFlow Lite's reference convolution, case ${index}: ${kind}`, () => {
      const convolve = depthwise ? depthwiseConv2dInt8 : conv2dInt8;
      const x = bytes({ shape: fixture.xShape, data: fixture.x });
      const w = bytes({ shape: fixture.wShape, data: fixture.w });
      const window = { strides: pair(strides), padding: padding as "same" | "valid", inputZero: xZero };
      const acc = addBias(convolve(x, w, window), Int32Array.from(bias));
      expect([...acc.data]).to.deep.equal(fixture.accumulators);
      const options = { ...scaled(xScale, wScales), output: activation("int8", yScale, yZero) };
      for (const rounding of ["single", "double"] as const) {
        const y = requantize(acc, { ...options, rounding });
        expect(y).to.deep.equal(bytes({ shape: fixture.yShape, data: fixture.y[rounding] }));
      }
      expect(requantize(acc, options)).to.deep.equal(requantize(acc, { ...options, rounding: "double" }));
    });
  });
});

describe("requantize", () => {
  const output = activation("int8", 0.05, -3);
  const acc = { shape: [1, 2], data: Int32Array.of(700, -700) };

  it("lies within half a step of the real number, unless it saturates", () => {
    // One rounding: half a step, and float32's two roundings of at most 2^-24 of 128 steps each. Two roundings: half
    // a step after at most half of 2^shift, which is 1/2 or less for a multiplier below 1/2.
    const numbers = fc.record({
      accumulator: fc.integer({ min: -100000, max: 100000 }),
      real: fc.double({ min: 2 ** -12, max: 0.49, noNaN: true }),
      rounding: fc.constantFrom("single" as const, "double" as const, "float" as const),
    });
    fc.assert(
      fc.property(numbers, ({ accumulator, real, rounding }) => {
        const one = activation("int8", 1, 0);
        const options = { inputScale: real, weightScales: [1], output: one, rounding };
        const code = requantize({ shape: [1], data: Int32Array.of(accumulator) }, options).data[0]!;
        const exact = Math.max(-128, Math.min(127, accumulator * real));
        expect(Math.abs(code - exact)).to.be.at.most(rounding === "double" ? 0.75 : 0.5 + 2 * 128 * 2 ** -24);
      }),
    );
  });

  it("saturates where a fused ReLU says so", () => {
    const relu = { ...output, codeMin: -3, codeMax: 100 };
    const options = { inputScale: 0.1, weightScales: [0.1] };
    expect([...requantize(acc, { ...options, output: relu }).data]).to.deep.equal([100, -3]);
    expect([...requantize(acc, { ...options, output }).data]).to.deep.equal([127, -128]);
  });

  it("leaves its accumulators alone", () => {
    requantize(acc, { inputScale: 0.1, weightScales: [0.1], output });
    expect(acc).to.deep.equal({ shape: [1, 2], data: Int32Array.of(700, -700) });
  });

  it("refuses what it can't scale", () => {
    const options = { inputScale: 0.1, weightScales: [0.1], output };
    const refuse = (change: object, message: string) =>
      expect(() => requantize(acc, { ...options, ...change })).to.throw(LabError, message);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      refuse({ inputScale: bad }, "scale of the input");
      refuse({ weightScales: [0.1, bad] }, "scale of the weights");
      refuse({ output: { ...output, scale: bad } }, "scale of the output");
    }
    refuse({ weightScales: [1, 1, 1] }, "3 scales");
    refuse({ weightScales: [] }, "0 scales");
    refuse({ rounding: "up" }, "'up'");
    refuse({ output: { ...output, type: "int4" } }, "int4");
    refuse({ output: { ...output, zeroPoint: 128 } }, "128");
    refuse({ output: { ...output, codeMin: 5, codeMax: 4 } }, "5 and 4");
    refuse({ output: { ...output, codeMax: 255 } }, "255");
    refuse({ inputScale: 1e12 }, "2^30");
    refuse({ rounding: "float", output: { ...output, scale: 1e-60 } }, "float32");
    expect(() => requantize({ shape: [0], data: new Int32Array() }, options)).to.throw(
      LabError,
      "no elements",
    );
    const float = { shape: [1], data: new Float32Array(1) } as never;
    expect(() => requantize(float, options)).to.throw(LabError, "Int32Array");
  });
});
