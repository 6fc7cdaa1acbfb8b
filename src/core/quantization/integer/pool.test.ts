import { expect } from "chai";
import { LabError } from "../../errors.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { bytes } from "./fixtures/tensors.js";
import tflite from "./fixtures/tflite.json" with { type: "json" };
import { averagePoolInt8, globalAveragePoolInt8, maxPoolInt8 } from "./pool.js";
import { reluInt8 } from "./relu.js";

const pair = ([a = 0, b = 0]: number[]) => [a, b] as const;

describe("maxPoolInt8", () => {
  for (const { size, strides, padding, x, y } of engines.maxPool) {
    it(`gives ONNX Runtime's MaxPool of ${x.type} [${x.shape}]: ${size}, strides ${strides}, ${padding}`, () => {
      const window = { size: pair(size), strides: pair(strides), padding: padding as "same" | "valid" };
      expect(maxPoolInt8(bytes(x), window)).to.deep.equal(bytes(y));
    });
  }
});

describe("averagePoolInt8", () => {
  for (const { type, shape, size, strides, padding, x, y, yShape } of tflite.averagePool) {
    it(`gives TensorFlow Lite's mean of ${type} [${shape}]: ${size}, strides ${strides}, ${padding}`, () => {
      const window = { size: pair(size), strides: pair(strides), padding: padding as "same" | "valid" };
      const pooled = averagePoolInt8(bytes({ type, shape, data: x }), window);
      expect(pooled).to.deep.equal(bytes({ type, shape: yShape, data: y }));
      if (yShape[1] === 1 && yShape[2] === 1) {
        expect(globalAveragePoolInt8(bytes({ type, shape, data: x })).data).to.deep.equal(pooled.data);
      }
    });
  }

  it("sends ties away from the code 0", () => {
    const row = (...codes: number[]) => ({ shape: [1, 1, codes.length, 1], data: Int8Array.from(codes) });
    const halves = { size: [1, 2], strides: [1, 2], padding: "valid" } as const;
    expect([...averagePoolInt8(row(0, 1, 0, -1, -1, 1, -127, -128), halves).data]).to.deep.equal([
      1, -1, 0, -128,
    ]);
  });
});

describe("pools", () => {
  const window = { size: [2, 2], strides: [2, 2], padding: "valid" } as const;
  const image = { shape: [1, 2, 2, 1], data: Int8Array.of(1, 2, 3, 4) };

  it("refuse other shapes, empty images, and windows that don't fit", () => {
    for (const pool of [maxPoolInt8, averagePoolInt8]) {
      expect(() => pool({ shape: [2, 2], data: image.data }, window)).to.throw(LabError, "4 axes");
      expect(() => pool({ shape: [0, 2, 2, 1], data: new Int8Array() }, window)).to.throw(
        LabError,
        "no elements",
      );
      expect(() => pool(image, { ...window, size: [3, 2] })).to.throw(LabError, "3 does not fit into 2");
      expect(() => pool(image, { ...window, strides: [1.5, 1] })).to.throw(LabError, "1.5");
    }
    expect(() => globalAveragePoolInt8({ shape: [4], data: image.data })).to.throw(LabError, "4 axes");
  });

  it("leave constant images alone", () => {
    const constant = { shape: [1, 3, 3, 2], data: new Uint8Array(18).fill(77) };
    const slide = { size: [2, 3], strides: [1, 1], padding: "same" } as const;
    expect(maxPoolInt8(constant, slide)).to.deep.equal(constant);
    expect(averagePoolInt8(constant, slide)).to.deep.equal(constant);
  });
});

describe("reluInt8", () => {
  it("leaves codes from the zero point on alone, and raises those below to it", () => {
    expect([...reluInt8({ shape: [4], data: Uint8Array.of(0, 127, 128, 255) }, 128).data]).to.deep.equal([
      128, 128, 128, 255,
    ]);
  });

  it("refuses a zero point that is no code, and an empty tensor", () => {
    expect(() => reluInt8({ shape: [1], data: Int8Array.of(1) }, 128)).to.throw(LabError, "128");
    expect(() => reluInt8({ shape: [0], data: Int8Array.of() }, 0)).to.throw(LabError, "no elements");
  });
});
