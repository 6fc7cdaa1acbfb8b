import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../../errors.js";
import { normalTensor, seeded, type Tensor, tensor } from "../../index.js";
import fixtures from "./fixtures/dynamic.json" with { type: "json" };
import {
  type AttentionWeights,
  type DenseWeights,
  dynamicAttention,
  dynamicDense,
  dynamicGru,
  dynamicQuantizeLinear,
  floatAttention,
  floatDense,
  floatGru,
  type GruLayer,
  type GruWeights,
  type InferenceLayer,
} from "./index.js";

describe("dynamicQuantizeLinear", () => {
  for (const { name, x, ...expected } of fixtures.linear) {
    it(`gives ONNX Runtime's scale, zero point and codes: ${name}`, () => {
      const { codes, scale, zeroPoint } = dynamicQuantizeLinear(tensor([x.length], x));
      expect({ codes: [...codes.data], scale, zeroPoint }).to.deep.equal(expected);
    });
  }

  it("restores each value within half a step, and zero exactly", () => {
    const value = fc.float({
      noNaN: true,
      noDefaultInfinity: true,
      min: Math.fround(-1e30),
      max: Math.fround(1e30),
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const x = tensor([values.length + 1], [...values, 0]);
        const { codes, scale, zeroPoint } = dynamicQuantizeLinear(x);
        x.data.forEach((real, i) => {
          const restored = scale * (codes.data[i]! - zeroPoint);
          // Half a step; the zero point is rounded too, which can push an end off by another half. The scale
          // itself is rounded to float32, over 255 steps, and to 2^-149 below the normal numbers.
          expect(Math.abs(restored - real)).to.be.at.most(scale * (1 + 255 * 2 ** -23) + 255 * 2 ** -149);
        });
        expect(codes.data[values.length]).to.equal(zeroPoint);
      }),
    );
  });

  it("gives scale 1 where the range is too small for a float32 scale", () => {
    const { scale, codes } = dynamicQuantizeLinear(tensor([2], [2 ** -149, 0]));
    expect({ scale, codes: [...codes.data] }).to.deep.equal({ scale: 1, codes: [0, 0] });
  });

  it("refuses nothing, NaN, infinities and what float32 cannot span", () => {
    expect(() => dynamicQuantizeLinear(tensor([0], []))).to.throw(LabError, "no elements");
    expect(() => dynamicQuantizeLinear(tensor([1], [Number.NaN]))).to.throw(LabError, "NaN");
    expect(() => dynamicQuantizeLinear(tensor([1], [Number.POSITIVE_INFINITY]))).to.throw(
      LabError,
      "Infinity",
    );
    expect(() => dynamicQuantizeLinear(tensor([2], [-3e38, 3e38]))).to.throw(LabError, "no such width");
  });
});

describe("a dynamic dense layer", () => {
  for (const { x, y, float, perChannel, ...rest } of fixtures.dense) {
    const { weights, bias } = rest;
    it(`gives ONNX Runtime's outputs: [${x.shape}] by [${weights.shape}]${perChannel ? ", per channel" : ""}`, () => {
      const layer = dynamicDense(denseOf(weights, bias), { perChannel });
      const ours = layer.run(tensorOf(x));
      expect(ours.shape).to.deep.equal([...x.shape.slice(0, -1), weights.shape[1]]);
      expect([...ours.data]).to.deep.equal(y);
    });

    it(`computes in float32 what ONNX Runtime does: [${x.shape}] by [${weights.shape}]`, () => {
      const ours = floatDense(denseOf(weights, bias)).run(tensorOf(x)).data;
      // A sum of k products in any order: k roundings of at most 2^-24 of the sum of magnitudes, on both sides.
      const terms = weights.shape[0]! + 1;
      const magnitudes =
        largest(weights.data) * largest(x.data) * weights.shape[0]! + largest(bias?.data ?? [0]);
      expectClose(ours, float, 2 * terms * 2 ** -24 * magnitudes);
    });
  }

  it("gives a row the same result with few rows as with many, where the range is the same", () => {
    const rng = seeded("rows");
    const layer = dynamicDense({ weights: normalTensor(rng, [19, 7]), bias: normalTensor(rng, [7]) });
    const row = [...normalTensor(rng, [19]).data];
    const one = layer.run(tensor([1, 19], row)).data;
    for (const rows of [2, 3, 4, 5, 8]) {
      const many = layer.run(tensor([rows, 19], Array.from({ length: rows }, () => row).flat())).data;
      expect([...many], `${rows} rows`).to.deep.equal(Array.from({ length: rows }, () => [...one]).flat());
    }
  });

  it("refuses sums that can leave int32, with few rows too", () => {
    const inputs = 66_000;
    const layer = dynamicDense({ weights: { shape: [inputs, 1], data: new Float32Array(inputs).fill(1) } });
    expect(() => layer.run({ shape: [1, inputs], data: new Float32Array(inputs).fill(1) })).to.throw(
      LabError,
      "can leave int32",
    );
  });

  it("refuses an output that float32 cannot hold", () => {
    const layer = dynamicDense({ weights: tensor([2, 1], [3e38, 3e38]) });
    expect(() => layer.run(tensor([1, 2], [1e30, 0]))).to.throw(LabError, "output 0 is beyond float32");
    // All codes at the zero point: 0 times an infinite factor.
    const steps = dynamicDense({ weights: tensor([1, 1], [3e38]) });
    expect(() => steps.run(tensor([2, 1], [0, 1e38]))).to.throw(LabError, "output 0 is beyond float32");
  });

  it("leaves weights, bias and input alone", () => {
    const rng = seeded("alone");
    const weights = { weights: normalTensor(rng, [4, 3]), bias: normalTensor(rng, [3]) };
    const x = normalTensor(rng, [2, 4]);
    const before = structuredClone({ weights, x });
    for (const layer of [dynamicDense(weights), floatDense(weights)]) layer.run(x);
    expect({ weights, x }).to.deep.equal(before);
  });

  it("refuses weights, a bias and an input that do not fit", () => {
    const weights = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    for (const make of [dynamicDense, floatDense]) {
      expect(() => make({ weights: tensor([6], [1, 2, 3, 4, 5, 6]) })).to.throw(LabError, "2 axes");
      expect(() => make({ weights: tensor([1, 1], [Number.NaN]) })).to.throw(LabError, "NaN");
      expect(() => make({ weights: tensor([0, 1], []) })).to.throw(LabError, "no elements");
      expect(() => make({ weights, bias: tensor([2], [1, 2]) })).to.throw(LabError, "shape [3], got [2]");
      expect(() => make({ weights, bias: tensor([3], [1, 2, Number.NaN]) })).to.throw(LabError, "NaN");
      expect(() => make({ weights }).run(tensor([2], [1, 2]))).to.throw(LabError, "shape [any, 2]");
      expect(() => make({ weights }).run(tensor([1, 3], [1, 2, 3]))).to.throw(LabError, "shape [any, 2]");
      expect(() => make({ weights }).run(tensor([1, 2], [1, Number.NaN]))).to.throw(LabError, "NaN");
      expect(() => make({ weights }).run(tensor([0, 2], []))).to.throw(LabError, "no elements");
    }
  });
});

describe("a dynamic GRU", () => {
  fixtures.gru.forEach((fixture, i) => {
    const { wi, wh, bi, bh, x } = fixture;
    const weights: GruWeights = { input: denseOf(wi, bi), state: denseOf(wh, bh) };

    it(`has PyTorch's next state in float32, from each of its states: case ${i}`, () => {
      expectSteps(floatGru(weights), weights, x, fixture.float);
    });

    it(`has the next state of ONNX Runtime's quantized cell, from each of its states: case ${i}`, () => {
      expectSteps(dynamicGru(weights), weights, x, fixture.perChannel);
      expectSteps(dynamicGru(weights, { perChannel: false }), weights, x, fixture.perTensor);
    });

    it(`errs less than PyTorch's quantized GRU, whose activations have 7 bits: case ${i}`, () => {
      const ours = dynamicGru(weights).run(tensorOf(x)).data;
      expect(rootMeanSquare(ours, fixture.float)).to.be.below(rootMeanSquare(fixture.torch, fixture.float));
    });
  });

  it("reads a sequence the same in parts of a batch, in float32", () => {
    const weights = gruWeights(3, 4);
    const x = normalTensor(seeded("parts"), [2, 3, 3]);
    const together = floatGru(weights).run(x);
    const second = floatGru(weights).run({ shape: [1, 3, 3], data: x.data.slice(9) });
    expect([...together.data.slice(12)]).to.deep.equal([...second.data]);
  });

  it("goes on from the last state of a run before", () => {
    const weights = gruWeights(3, 4);
    const x = normalTensor(seeded("on"), [1, 5, 3]);
    for (const layer of [floatGru(weights), dynamicGru(weights)]) {
      const whole = layer.run(x).data;
      const begun = layer.run({ shape: [1, 2, 3], data: x.data.slice(0, 6) }).data;
      const rest = layer.run({ shape: [1, 3, 3], data: x.data.slice(6) }, tensor([1, 4], begun.slice(4)));
      expect([...begun, ...rest.data]).to.deep.equal([...whole]);
    }
  });

  it("refuses weights, inputs and states that do not fit", () => {
    const { input, state } = gruWeights(3, 4);
    expect(() => dynamicGru({ input, state: input })).to.throw(LabError, "the weights of the input");
    expect(() => dynamicGru({ input: gruWeights(3, 5).input, state })).to.throw(
      LabError,
      "[any, 12], got [3, 15]",
    );
    const layer = dynamicGru({ input, state });
    expect(() => layer.run(tensor([1, 3], [1, 2, 3]))).to.throw(LabError, "[any, any, 3]");
    expect(() => layer.run(tensor([1, 0, 3], []))).to.throw(LabError, "no elements");
    expect(() => layer.run(tensor([1, 1, 3], [1, 2, Number.NaN]))).to.throw(LabError, "NaN");
    const x = tensor([1, 1, 3], [1, 2, 3]);
    expect(() => layer.run(x, tensor([1, 3], [1, 2, 3]))).to.throw(
      LabError,
      "the state must have shape [1, 4]",
    );
    expect(() => layer.run(x, tensor([1, 4], [1, 2, 3, Number.NaN]))).to.throw(
      LabError,
      "there is NaN in the state",
    );
  });
});

describe("dynamic attention", () => {
  fixtures.attention.forEach((fixture, i) => {
    const { heads, x, wq, wk, wv, wo, bq, bk, bv, bo } = fixture;
    const weights: AttentionWeights = {
      heads,
      query: denseOf(wq, bq),
      key: denseOf(wk, bk),
      value: denseOf(wv, bv),
      output: denseOf(wo, bo),
    };
    const slack = attentionSlack(weights, x);

    it(`has PyTorch's outputs in float32: case ${i}`, () => {
      expectClose(floatAttention(weights).run(tensorOf(x)).data, fixture.float, slack);
    });

    it(`has the outputs of ONNX Runtime's quantized block: case ${i}`, () => {
      expectClose(dynamicAttention(weights).run(tensorOf(x)).data, fixture.perChannel, slack);
    });
  });

  it("stays finite where scores are large", () => {
    const big = { weights: tensor([1, 1], [100]) };
    const one = { weights: tensor([1, 1], [1]) };
    const block = floatAttention({ heads: 1, query: big, key: big, value: one, output: one });
    expect([...block.run(tensor([1, 2, 1], [3, 2])).data]).to.deep.equal([3, 3]);
  });

  it("refuses heads that do not share the width, weights and inputs that do not fit", () => {
    const dense = { weights: normalTensor(seeded("a"), [4, 4]) };
    const four = { query: dense, key: dense, value: dense, output: dense };
    expect(() => dynamicAttention({ heads: 3, ...four })).to.throw(
      LabError,
      "3 heads cannot share a width of 4",
    );
    expect(() => dynamicAttention({ heads: 0, ...four })).to.throw(LabError, "got 0");
    const wide = { weights: normalTensor(seeded("a"), [4, 8]) };
    expect(() => dynamicAttention({ heads: 1, ...four, key: wide })).to.throw(LabError, "the weights of key");
    expect(() => dynamicAttention({ heads: 1, ...four }).run(tensor([1, 4], [1, 2, 3, 4]))).to.throw(
      LabError,
    );
  });
});

describe("what dynamic quantization saves", () => {
  it("is three quarters of the weights' bytes, less the scales and the float bias", () => {
    const weights = {
      weights: normalTensor(seeded("b"), [256, 64]),
      bias: tensor([64], new Float32Array(64)),
    };
    expect(floatDense(weights).storedBytes).to.equal(4 * (256 * 64 + 64));
    expect(dynamicDense(weights).storedBytes).to.equal(256 * 64 + 4 * 64 + 4 * 64);
    expect(dynamicDense(weights, { perChannel: false }).storedBytes).to.equal(256 * 64 + 4 + 4 * 64);
    expect(dynamicGru(gruWeights(3, 4)).storedBytes).to.equal(3 * 12 + 4 * 12 + 2 * 4 * 12);
  });

  it("is counted apart for codes and floats", () => {
    const count = (layer: InferenceLayer, shape: number[]) => layer.macs(shape);
    const weights = { weights: normalTensor(seeded("c"), [6, 5]) };
    expect(count(dynamicDense(weights), [2, 3, 6])).to.deep.equal({ quantized: 2 * 3 * 6 * 5, float: 0 });
    expect(count(floatDense(weights), [7, 6])).to.deep.equal({ quantized: 0, float: 7 * 6 * 5 });
    const block = { weights: normalTensor(seeded("d"), [4, 4]) };
    const attention = dynamicAttention({ heads: 2, query: block, key: block, value: block, output: block });
    for (const [layer, shapes] of [
      [dynamicDense(weights), [[6], [2, 5], [], [-1, 6], [0.5, 6]]],
      [floatDense(weights), [[6], [2, 5]]],
      [
        dynamicGru(gruWeights(3, 4)),
        [
          [10, 3],
          [2, 10, 4],
          [2, 0.5, 3],
        ],
      ],
      [
        attention,
        [
          [3, 4],
          [1, 3, 5],
          [1, -3, 4],
        ],
      ],
    ] as const) {
      for (const shape of shapes) expect(() => count(layer, [...shape]), `${shape}`).to.throw(LabError);
    }
    const steps = 2 * 10;
    expect(count(dynamicGru(gruWeights(3, 4)), [2, 10, 3])).to.deep.equal({
      quantized: steps * (3 + 4) * 12,
      float: 3 * steps * 4,
    });
  });
});

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

function tensorOf({ shape, data }: Stored): Tensor {
  return tensor(shape, data);
}

function denseOf(weights: Stored, bias: Stored | null): DenseWeights {
  return { weights: tensorOf(weights), ...(bias && { bias: tensorOf(bias) }) };
}

function gruWeights(inputs: number, hidden: number): GruWeights {
  const rng = seeded("gru");
  return {
    input: { weights: normalTensor(rng, [inputs, 3 * hidden]) },
    state: { weights: normalTensor(rng, [hidden, 3 * hidden]) },
  };
}

/** Each step from the state that the oracle had before it, so that no rounding adds up. */
function expectSteps(layer: GruLayer, weights: GruWeights, x: Stored, states: readonly number[]): void {
  const [n, time, inputs] = x.shape as [number, number, number];
  const hidden = weights.state.weights.shape[0]!;
  const at = (values: readonly number[], width: number, t: number) =>
    Array.from({ length: n }, (_, i) =>
      values.slice((i * time + t) * width, (i * time + t + 1) * width),
    ).flat();
  const slack = gruSlack(weights, x);
  // A code that lands elsewhere shows: it moves a sum by a weight times a step of x, which spans more than 2 here.
  expect(slack).to.be.below(((2 / 255) * largest(weights.input.weights.data)) / 8);
  for (let t = 0; t < time; t++) {
    const step = tensor([n, 1, inputs], at(x.data, inputs, t));
    const before = t === 0 ? undefined : tensor([n, hidden], at(states, hidden, t - 1));
    expectClose(layer.run(step, before).data, at(states, hidden, t), slack);
  }
}

/**
 * How far rounding can part two GRUs in one step. Each sum errs by 2^-24 of its magnitudes for each of its terms, on
 * both sides; with slopes of σ and tanh of at most 1/4 and 1, and |n - h| ≤ 2, an error d of the sums becomes at most
 * (2/4 + 1 + M/4) d in h', M the largest sum of the state.
 */
function gruSlack({ input, state }: GruWeights, x: Stored): number {
  const [inputs, hidden] = [input.weights.shape[0]!, state.weights.shape[0]!];
  const stateSum = columnSum(state.weights) + largest(state.bias!.data);
  const inputSum = columnSum(input.weights) * largest(x.data) + largest(input.bias!.data);
  const rounding = 2 * (inputs + hidden + 8) * 2 ** -24 * (stateSum + inputSum + 1);
  return (1.5 + stateSum / 4) * rounding;
}

/**
 * The same for attention, with the projections q, k and v as large as they are: scores are sums of products of two
 * of them, shares err by twice the error of the scores, and what is mixed by that times the values.
 */
function attentionSlack({ query, key, value, output, heads }: AttentionWeights, x: Stored): number {
  const [time, width] = [x.shape[1]!, x.shape[2]!];
  const size = width / heads;
  const inputs = [query, key, value];
  const most = Math.max(...inputs.map((dense) => largest(floatDense(dense).run(tensorOf(x)).data)));
  const ofSum = (terms: number) => 2 * (terms + 2) * 2 ** -24;
  const rounding =
    ofSum(width) * (Math.max(...inputs.map(({ weights }) => columnSum(weights))) * largest(x.data) + 1);
  const scores = Math.sqrt(size) * (2 * most * rounding + ofSum(size) * most ** 2);
  const mixed = rounding + (2 * scores + ofSum(time)) * most;
  const slack = columnSum(output.weights) * (mixed + ofSum(width) * most);
  // As for the GRU, a code that lands elsewhere shows.
  expect(slack).to.be.below(((2 * most) / 255) * largest(output.weights.data));
  return slack;
}

function columnSum({ shape, data }: Tensor): number {
  const columns = shape[1]!;
  const sums = new Float64Array(columns);
  data.forEach((weight, i) => {
    sums[i % columns]! += Math.abs(weight);
  });
  return largest(sums);
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function expectClose(actual: Float32Array, expected: readonly number[], slack: number): void {
  expect(actual.length).to.equal(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i], `element ${i}`).to.be.closeTo(value, slack);
  });
}

function rootMeanSquare(a: ArrayLike<number>, b: readonly number[]): number {
  return Math.sqrt(b.reduce((sum, value, i) => sum + (a[i]! - value) ** 2, 0) / b.length);
}
