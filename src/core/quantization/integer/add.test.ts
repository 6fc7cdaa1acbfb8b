import { expect } from "chai";
import { LabError } from "../../errors.js";
import { addInt8 } from "./add.js";
import engines from "./fixtures/engines.json" with { type: "json" };
import { activation, bytes } from "./fixtures/tensors.js";
import tflite from "./fixtures/tflite.json" with { type: "json" };
import type { ActivationParams, ByteTensor } from "./network.js";

interface Scaled {
  readonly scale: number;
  readonly zeroPoint: number;
}

function options(type: string | undefined, params: Scaled[]) {
  const [a, b, output] = params.map(({ scale, zeroPoint }) => activation(type, scale, zeroPoint));
  return { a: a!, b: b!, output: output! };
}

describe("addInt8", () => {
  tflite.add.forEach(({ type, a, b, params, y }, index) => {
    for (const rounding of ["single", "double"] as const) {
      it(`gives the codes of TensorFlow Lite's ADD, case ${index}, ${rounding}`, () => {
        const of = (data: number[]) => bytes({ type, shape: [data.length], data });
        expect(addInt8(of(a), of(b), { ...options(type, params), rounding })).to.deep.equal(of(y[rounding]));
      });
    }
  });

  engines.qlinearAdd.forEach(({ a, b, params, y }, index) => {
    it(`gives the codes of ONNX Runtime's QLinearAdd in float, case ${index}, but for near-ties`, () => {
      const all = options(y.type, params);
      const ours = addInt8(bytes(a), bytes(b), { ...all, rounding: "float" }).data;
      const differ = y.data.flatMap((code, i) => (code === ours[i] ? [] : [i]));
      // Engines order and fuse the float32 steps as they like: six roundings of numbers whose sizes add up to
      // `size` steps move the sum by 6 size 2^-24 at most.
      for (const i of differ) {
        const left = (all.a.scale / all.output.scale) * (a.data[i]! - all.a.zeroPoint);
        const right = (all.b.scale / all.output.scale) * (b.data[i]! - all.b.zeroPoint);
        const zeros = (all.a.scale * 256 + all.b.scale * 256) / all.output.scale;
        const size = Math.abs(left) + Math.abs(right) + zeros + 256;
        const sum = left + right;
        expect(Math.abs(Math.abs(sum - Math.floor(sum)) - 0.5)).to.be.at.most(6 * size * 2 ** -24);
        expect(Math.abs(y.data[i]! - ours[i]!)).to.equal(1);
      }
    });
  });

  const params: ActivationParams = activation("int8", 0.5, 3);
  const x: ByteTensor = { shape: [2, 2], data: Int8Array.of(-128, 0, 3, 127) };

  it("leaves a number alone where the other summand is zero and nothing is rescaled", () => {
    const zero = { shape: [2, 2], data: new Int8Array(4).fill(3) };
    for (const rounding of ["single", "double", "float"] as const) {
      expect(addInt8(x, zero, { a: params, b: params, output: params, rounding })).to.deep.equal(x);
    }
  });

  it("refuses summands that don't fit each other or their parameters", () => {
    const same = { a: params, b: params, output: params };
    const flat = { shape: [4], data: x.data };
    const empty = { shape: [0], data: new Int8Array() };
    expect(() => addInt8(x, x, { ...same, rounding: "floor" as "single" })).to.throw(
      LabError,
      "there is no rounding 'floor'",
    );
    expect(() => addInt8(x, flat, same)).to.throw(LabError, "[2, 2] and [4]");
    expect(() => addInt8(empty, empty, same)).to.throw(LabError, "no elements");
    expect(() => addInt8(x, x, { ...same, b: activation("uint8", 1, 0) })).to.throw(
      LabError,
      "parameters say uint8",
    );
    expect(() => addInt8(x, x, { ...same, output: { ...params, scale: 0 } })).to.throw(
      LabError,
      "scale of the sum",
    );
    expect(() => addInt8(x, x, { ...same, a: { ...params, zeroPoint: 0.5 } })).to.throw(LabError, "0.5");
  });
});
