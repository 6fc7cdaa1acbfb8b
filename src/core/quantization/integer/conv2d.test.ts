import { expect } from "chai";
import { LabError } from "../../errors.js";
import { conv2dInt8 } from "./conv2d.js";
import { depthwiseConv2dInt8 } from "./depthwise.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { bytes, int32 } from "./fixtures/tensors.js";
import type { ByteTensor } from "./network.js";

type Padding = "same" | "valid";
const pair = ([a = 0, b = 0]: number[]) => [a, b] as const;

describe("conv2dInt8 and depthwiseConv2dInt8", () => {
  for (const { depthwise, strides, padding, x, w, xZero, wZero, y } of engines.convInteger) {
    const kind = depthwise ? "depthwise" : "full";
    it(`give ONNX Runtime's ConvInteger: ${kind} [${w.shape}] over [${x.shape}], ${padding}, strides ${strides}`, () => {
      const convolve = depthwise ? depthwiseConv2dInt8 : conv2dInt8;
      const options = {
        strides: pair(strides),
        padding: padding as Padding,
        inputZero: xZero,
        weightZeros: wZero,
      };
      expect(convolve(bytes(x), bytes(w), options)).to.deep.equal(int32(y));
    });
  }
});

for (const [name, convolve] of [
  ["conv2dInt8", conv2dInt8],
  ["depthwiseConv2dInt8", depthwiseConv2dInt8],
] as const) {
  describe(name, () => {
    const image = { shape: [1, 3, 3, 2], data: new Int8Array(18).fill(5) };
    const kernel = { shape: [2, 2, 2, 3], data: new Int8Array(24).fill(1) };
    const window = { strides: [1, 1], padding: "same" } as const;

    it("takes a zero point for each output channel", () => {
      const outputs = name === "conv2dInt8" ? 3 : 6;
      const weightZeros = Array.from({ length: outputs }, (_, j) => j - 1);
      const { data } = convolve(image, kernel, { ...window, padding: "valid", weightZeros });
      const terms = name === "conv2dInt8" ? 8 : 4;
      expect([...data.subarray(0, outputs)]).to.deep.equal(weightZeros.map((zero) => terms * 5 * (1 - zero)));
    });

    it("gives 0 for an image of zero points, padding included", () => {
      expect(convolve(image, kernel, { ...window, inputZero: 5 }).data.every((sum) => sum === 0)).to.equal(
        true,
      );
    });

    it("refuses shapes, windows and zero points that don't fit", () => {
      const refuse = (x: ByteTensor, w: ByteTensor, options: object, message: string) =>
        expect(() => convolve(x, w, { ...window, ...options })).to.throw(LabError, message);
      refuse({ shape: [0, 3, 3, 2], data: new Int8Array() }, kernel, {}, "the input has no elements");
      refuse(image, { shape: [2, 2, 0, 3], data: new Int8Array() }, {}, "the kernel has no elements");
      refuse({ shape: [9, 2], data: image.data }, kernel, {}, "4 axes");
      refuse(image, { shape: [2, 2, 3, 2], data: kernel.data }, {}, "the input has 2 channels, the kernel 3");
      refuse(
        image,
        { shape: [4, 1, 2, 3], data: kernel.data },
        { padding: "valid" },
        "4 does not fit into 3",
      );
      refuse(image, kernel, { padding: "full" }, "no padding 'full'");
      refuse(image, kernel, { strides: [0, 1] }, "stride");
      refuse(image, kernel, { inputZero: 200 }, "200");
      refuse(image, kernel, { weightZeros: [0, 0] }, "2 zero points");
      refuse(image, kernel, { weightZeros: -129 }, "-129");
      refuse(
        { shape: [1, 3, 3, 2], data: new Float32Array(18) } as unknown as ByteTensor,
        kernel,
        {},
        "Float32Array",
      );
    });
  });
}

describe("depthwiseConv2dInt8", () => {
  it("refuses a kernel whose sums could leave int32", () => {
    const image = { shape: [1, 131072, 1, 1], data: new Int8Array(131072) };
    const kernel = { shape: [131072, 1, 1, 1], data: new Int8Array(131072) };
    const whole = { strides: [1, 1], padding: "valid" } as const;
    expect(() => depthwiseConv2dInt8(image, kernel, whole)).to.throw(LabError, "131071");
    expect(() => conv2dInt8(image, kernel, whole)).to.throw(LabError, "131071");
  });
});
