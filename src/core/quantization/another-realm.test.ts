import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import { LabError } from "../errors.js";
import { tensor } from "../tensor.js";
import {
  addInt8,
  type ByteTensor,
  conv2dInt8,
  dequantize,
  type IntegerNetwork,
  matmulInt8,
  maxPoolInt8,
  packInt4,
  paramsFromData,
  quantize,
  reluInt8,
  requantize,
  runInteger,
  sqnr,
  unpackInt4,
} from "./index.js";

/** Arrays of another realm, as a notebook's cell or a sandbox makes them. */
const context = createContext({});
function foreign<Data extends { readonly [Symbol.toStringTag]: string }>(data: Data): Data {
  const copy = runInContext(`(numbers) => ${data[Symbol.toStringTag]}.from(numbers)`, context)(data);
  expect(copy).to.not.be.instanceOf(data.constructor);
  return copy;
}

const bytes = (shape: number[], ...codes: number[]): ByteTensor => ({
  shape,
  data: foreign(Int8Array.from(codes)),
});
const params = { type: "int8", scale: 1, zeroPoint: 0, codeMin: -128, codeMax: 127 } as const;

describe("arrays of another realm", () => {
  it("are codes for the integer operators", () => {
    const image = bytes([1, 2, 2, 1], -1, 2, -3, 4);
    const window = { strides: [1, 1], padding: "valid" } as const;
    expect([...matmulInt8(bytes([1, 2], 2, -1), bytes([2, 1], 5, -7)).data]).to.deep.equal([17]);
    expect([...conv2dInt8(image, bytes([2, 2, 1, 1], 1, 1, 1, 1), window).data]).to.deep.equal([2]);
    expect([...maxPoolInt8(image, { ...window, size: [2, 2] }).data]).to.deep.equal([4]);
    expect([...reluInt8(image, 0).data]).to.deep.equal([0, 2, 0, 4]);
    const sum = addInt8(image, image, { a: params, b: params, output: params });
    expect([...sum.data]).to.deep.equal([-2, 4, -6, 8]);
  });

  it("are accumulators, biases and a network's input", () => {
    const acc = { shape: [1, 2], data: foreign(Int32Array.of(10, -20)) };
    const scales = { inputScale: 0.5, weightScales: foreign(Float64Array.of(1)) };
    expect([...requantize(acc, { ...scales, output: params }).data]).to.deep.equal([5, -10]);
    const numbers = { weightScales: scales.weightScales, weightZeros: foreign(Int32Array.of(0)) };
    const weighted = { weights: bytes([2, 1], 3, -1), bias: foreign(Int32Array.of(4)), ...numbers };
    const network: IntegerNetwork = {
      input: { name: "x", shape: [2], params },
      layers: [{ kind: "dense", name: "fc", input: "x", ...weighted, output: params }],
      output: "fc",
    };
    expect([...runInteger(network, bytes([1, 2], 10, 20)).data]).to.deep.equal([14]);
  });

  it("are numbers and codes of the other functions, and keep their sign", () => {
    const data = foreign(Float32Array.of(-1.27, 0, 1.27));
    const scheme = {
      convention: "tflite",
      type: "int8",
      symmetric: true,
      granularity: { per: "tensor" },
    } as const;
    const quantized = quantize({ shape: [3], data }, paramsFromData({ shape: [3], data }, scheme));
    const again = dequantize({ ...quantized, codes: foreign(quantized.codes) });
    expect(again).to.deep.equal(dequantize(quantized));
    expect(sqnr(data, again.data)).to.equal(sqnr(Float32Array.from(data), again.data));
    const packed = packInt4(foreign(Int8Array.of(1, -2, 7)));
    expect([...unpackInt4(foreign(packed), 3, "int4")]).to.deep.equal([1, -2, 7]);
  });

  it("are refused where they hold something else", () => {
    const wide = { shape: [1, 1], data: foreign(Int16Array.of(1)) };
    expect(() => matmulInt8(wide as unknown as ByteTensor, bytes([1, 1], 1))).to.throw(
      LabError,
      "got Int16Array",
    );
    expect(() => matmulInt8(tensor([1, 1], [1]) as unknown as ByteTensor, bytes([1, 1], 1))).to.throw(
      LabError,
      "got Float32Array",
    );
  });
});
