import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import type { Granularity, QuantParams } from "../scheme.js";
import { passMask, scaleGradients, straightThrough } from "./straight-through.js";

interface Case {
  name: string;
  params: {
    type: `int${number}`;
    axis?: number;
    scales: number[];
    zeroPoints: number[];
    codeMin: number;
    codeMax: number;
  };
  shape: number[];
  x: number[];
  gradient: number[];
  value: number[];
  inputGradient: number[];
  scaleGradient: number;
}

const { tensors, channels, learned }: Record<"tensors" | "channels" | "learned", Case[]> = JSON.parse(
  readFileSync(new URL("./fixtures/straight-through.json", import.meta.url), "utf8"),
);

function paramsOf({ params: { axis, ...numbers } }: Case): QuantParams {
  const granularity: Granularity = axis === undefined ? { per: "tensor" } : { per: "channel", axis };
  return {
    ...numbers,
    convention: "torch",
    symmetric: false,
    granularity,
    scales: Float64Array.from(numbers.scales),
    zeroPoints: Int32Array.from(numbers.zeroPoints),
  };
}

const tensorOf = (shape: number[], values: number[]): Tensor => ({
  shape,
  data: Float32Array.from(values),
});

describe("fake quantization that is trained through", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  for (const given of [...tensors, ...channels]) {
    it(`has torch's values and gradients for ${given.name}`, () => {
      tf.tidy(() => {
        const x = tf.tensor(given.x, given.shape);
        const fake = (input: tf.Tensor): tf.Tensor => straightThrough(input, paramsOf(given));
        expect([...fake(x).dataSync()].map(withoutSign)).to.deep.equal(given.value.map(withoutSign));
        const dy = tf.tensor(given.gradient, given.shape);
        const gradient = tf.grad(fake)(x, dy);
        expect([...gradient.dataSync()].map(withoutSign)).to.deep.equal(given.inputGradient.map(withoutSign));
      });
    });
  }

  for (const given of learned) {
    it(`has torch's gradient of the scale for ${given.name}`, () => {
      const [x, gradient] = [tensorOf(given.shape, given.x), tensorOf(given.shape, given.gradient)];
      const [actual] = scaleGradients(x, gradient, paramsOf(given));
      // torch sums float32 terms in float32: one rounding a term and a sum, and three in a term. No term is
      // farther from 0 than its gradient times the codes.
      const { codeMin, codeMax } = given.params;
      const sum = given.gradient.reduce((total, g) => total + Math.abs(g) * (codeMax - codeMin), 0);
      const slack = (given.x.length + 4) * 2 ** -24 * sum;
      expect(Math.abs(actual! - given.scaleGradient)).to.be.at.most(slack);
      expect([...passMask(x, paramsOf(given)).data]).to.deep.equal(
        given.inputGradient.map((g) => (g === 0 ? 0 : 1)),
      );
    });
  }

  const scheme = { convention: "lecture", type: "int4", symmetric: true } as const;
  const params: QuantParams = {
    ...scheme,
    granularity: { per: "block", axis: 0, size: 2 },
    scales: Float64Array.of(1, 0.5),
    zeroPoints: Int32Array.of(0, 0),
    codeMin: -7,
    codeMax: 7,
  };

  it("masks and differentiates block by block", () => {
    const x = tensorOf([4], [5, 8, 2, 5]);
    expect([...passMask(x, params).data]).to.deep.equal([1, 0, 1, 0]);
    expect([...scaleGradients(x, tensorOf([4], [1, 1, 1, 2]), params)]).to.deep.equal([7, 14]);
  });

  it("counts an infinity as saturated", () => {
    const x = tensorOf([4], [Infinity, 0, 0, -Infinity]);
    expect([...passMask(x, params).data]).to.deep.equal([0, 1, 1, 0]);
    expect([...scaleGradients(x, tensorOf([4], [1, 1, 1, 1]), params)]).to.deep.equal([7, -7]);
  });

  it("passes a gradient exactly where a value is less than 7.5 steps from 0, for codes up to 7", () => {
    const number = fc.float({ noNaN: true, min: -12, max: 12 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 4 }), (values) => {
        const { data } = passMask(tensorOf([4], values), params);
        // 7.5 itself goes to the even code 8.
        return values.every((value, i) => data[i] === Number(Math.abs(value / params.scales[i >> 1]!) < 7.5));
      }),
    );
  });

  it("keeps no tensors", () => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((input) => straightThrough(input, params).sum())(x);
    });
    expect(tf.memory().numTensors).to.equal(before);
    x.dispose();
  });

  it("refuses NaN, parameters of another tensor and gradients of another shape", () => {
    const x = tensorOf([4], [1, 2, 3, 4]);
    const nan = tf.tensor1d([1, Number.NaN, 0, 0]);
    expect(() => straightThrough(nan, params)).to.throw(LabError, "there is NaN in x, at index 1");
    expect(() => straightThrough(tf.tensor1d([1, 2]), params)).to.throw(LabError, "the tensor has 1 groups");
    expect(() => passMask(tensorOf([2], [1, 2]), params)).to.throw(LabError, "the tensor has 1 groups");
    expect(() => passMask(tensorOf([0], []), params)).to.throw(LabError, "x has no elements");
    expect(() => passMask(tensorOf([4], [1, 2, 3, Number.NaN]), params)).to.throw(
      LabError,
      "there is NaN in x",
    );
    const noGradient = tensorOf([4], [1, 2, Number.NaN, 3]);
    expect(() => scaleGradients(x, noGradient, params)).to.throw(LabError, "NaN in the gradient, at index 2");
    expect(() => scaleGradients(x, tensorOf([3], [1, 2, 3]), params)).to.throw(LabError, "the same shape");
  });
});

/** 0 and -0 count as equal. */
function withoutSign(value: number): number {
  return value + 0;
}
