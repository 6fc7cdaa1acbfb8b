import { channelNorms, weakestChannels } from "edgelab/core/pruning";
import {
  integer,
  numbers,
  question,
  type Rng,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A norm kept in float32 is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

interface Layer {
  readonly weights: { readonly shape: number[]; readonly data: Float32Array };
  readonly bias: Float32Array;
}

/** Images by channels: [channels, side, side], or plain numbers with side 1. */
interface Image {
  readonly channels: number;
  readonly side: number;
  readonly data: Float64Array;
}

function drawLayer(rng: Rng, shape: number[]): Layer {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    weights: { shape, data: Float32Array.from({ length: size }, () => rng.normal()) },
    bias: Float32Array.from({ length: shape[0] ?? 1 }, () => rng.normal()),
  };
}

/** Some channels of `count` in ascending order: not all, and the last one too, so that they are not the first few. */
function drawKeep(rng: Rng, count: number): number[] {
  const drawn = rng.permutation(count).slice(0, rng.integer(1, count - 2));
  return [...new Set([...drawn, count - 1])].sort((a, b) => a - b);
}

/** The layer with its other channels at 0: weights and bias. */
function silence({ weights, bias }: Layer, keep: readonly number[]): Layer {
  const size = weights.data.length / bias.length;
  const data = weights.data.map((w, i) => (keep.includes(Math.floor(i / size)) ? w : 0));
  return { weights: { ...weights, data }, bias: bias.map((b, c) => (keep.includes(c) ? b : 0)) };
}

/**
 * relu(bias + Σ w x) at every place, with zeros around the image. A term of 0 changes no sum of float64, and the others
 * come in the same order: a smaller network gives the very same numbers as one with silent channels.
 */
function convolve({ weights, bias }: Layer, image: Image): Image {
  const [, inputs = 1, kernel = 1] = weights.shape;
  const { side } = image;
  const margin = Math.floor(kernel / 2);
  const data = new Float64Array(bias.length * side * side);
  const at = (c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= side || x >= side ? 0 : (image.data[(c * side + y) * side + x] ?? 0);
  for (let i = 0; i < data.length; i++) {
    const [o, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    let sum = bias[o] ?? 0;
    for (let w = 0; w < inputs * kernel ** 2; w++) {
      const [c, dy, dx] = [Math.floor(w / kernel ** 2), Math.floor(w / kernel) % kernel, w % kernel];
      const weight = weights.data[o * inputs * kernel ** 2 + w] ?? 0;
      sum += weight * at(c, y + dy - margin, x + dx - margin);
    }
    data[i] = Math.max(sum, 0);
  }
  return { channels: bias.length, side, data };
}

/** A dense layer on the flattened image: channel after channel, as it lies in memory. */
function dense({ weights, bias }: Layer, { data }: Image): Float64Array {
  return Float64Array.from(bias, (b, o) =>
    data.reduce((sum, x, i) => sum + (weights.data[o * data.length + i] ?? 0) * x, b),
  );
}

/** Multiplications with an addition, from shapes alone: each weight once for each place. */
function macs({ weights }: Layer, places: number): number {
  return weights.shape.reduce((a, b) => a * b, 1) * places;
}

export default question("q3", ({ student, rng, test }) => {
  /** A layer of plain data, whose shape says how long its data is, and as many biases as outputs. */
  function checkedLayer(value: unknown, what: string): Layer {
    const { weights, bias } = record(value, ["weights", "bias"], what);
    const tensor = record(weights, ["shape", "data"], `${what}.weights`);
    if (!Array.isArray(tensor.shape)) return reject(`${what}.weights.shape: expected an array`);
    const shape = tensor.shape.map((n, axis) => integer(n, `${what}.weights.shape, axis ${axis}`));
    const size = shape.reduce((a, b) => a * b, 1);
    return {
      weights: { shape, data: typedArray(tensor.data, Float32Array, size, `${what}.weights.data`) },
      bias: typedArray(bias, Float32Array, shape[0] ?? 1, `${what}.bias`),
    };
  }
  async function removed(first: Layer, second: Layer, keep: number[]): Promise<[Layer, Layer]> {
    const result = await student.call("removeChannels", first, second, keep);
    const both = record(result, ["first", "second"], "removeChannels");
    return [checkedLayer(both.first, "first"), checkedLayer(both.second, "second")];
  }
  /** A convolution of 3 × 3 with 5 to 8 output channels, and an image for it. */
  function drawStart(side: number): { first: Layer; image: Image; channels: number } {
    const channels = rng.integer(5, 8);
    const inputs = rng.integer(2, 3);
    const data = Float64Array.from({ length: inputs * side * side }, () => rng.normal());
    return {
      first: drawLayer(rng, [channels, inputs, 3, 3]),
      image: { channels: inputs, side, data },
      channels,
    };
  }

  test(
    2,
    "computes with two convolutions what the silenced network computes",
    async () => {
      const { first, image, channels } = drawStart(5);
      const second = drawLayer(rng, [rng.integer(3, 4), channels, 3, 3]);
      const keep = drawKeep(rng, channels);
      const [thin, next] = await removed(first, second, keep);
      sameIntegers(thin.weights.shape, [keep.length, image.channels, 3, 3], "shape of the first layer");
      sameIntegers(next.weights.shape, [second.bias.length, keep.length, 3, 3], "shape of the second layer");
      const expected = convolve(second, convolve(silence(first, keep), image));
      within(convolve(next, convolve(thin, image)).data, expected.data, 0, "output of the smaller network");
    },
    { hint: "For each output of the next layer: which weights read the channels that stay?" },
  );

  test(
    2,
    "computes with a flattened dense layer what the silenced network computes",
    async () => {
      const { first, image, channels } = drawStart(4);
      const second = drawLayer(rng, [rng.integer(3, 5), channels * 16]);
      const keep = drawKeep(rng, channels);
      const [thin, next] = await removed(first, second, keep);
      // Both, before our own loops go over them: a shape can ask for hours of work with little data.
      sameIntegers(thin.weights.shape, [keep.length, image.channels, 3, 3], "shape of the convolution");
      sameIntegers(next.weights.shape, [second.bias.length, keep.length * 16], "shape of the dense layer");
      const expected = dense(second, convolve(silence(first, keep), image));
      within(dense(next, convolve(thin, image)), expected, 0, "output of the smaller network");
    },
    { hint: "Flattening puts all places of channel 0 first. Where do those of channel 3 begin?" },
  );

  test(
    1,
    "saves the MACs and parameters that it should",
    async () => {
      const channels = 10;
      const first = drawLayer(rng, [channels, 4, 3, 3]);
      const middle = drawLayer(rng, [channels, channels, 3, 3]);
      const last = drawLayer(rng, [6, channels]);
      const keep = drawKeep(rng, channels);
      const [thin, next] = await removed(first, middle, keep);
      // The middle layer shrinks twice: it reads fewer channels, and makes fewer.
      const [thinner, end] = await removed(next, last, keep);
      const left = keep.length;
      sameIntegers(
        [macs(thin, 25), macs(thinner, 25), macs(end, 1)],
        [left * 4 * 9 * 25, left * left * 9 * 25, 6 * left],
        "MACs of the three layers",
      );
      const biases = thin.bias.length + thinner.bias.length + end.bias.length;
      sameIntegers([biases], [2 * left + 6], "number of biases");
    },
    { hint: "Count what your layers hold. By which factor does a layer shrink between two pruned ones?" },
  );

  test(
    1,
    "leaves both layers as they are where every channel stays, and can leave one",
    async () => {
      const first = drawLayer(rng, [4, 5]);
      const second = drawLayer(rng, [3, 4]);
      const [sameFirst, sameSecond] = await removed(first, second, [0, 1, 2, 3]);
      within(sameFirst.weights.data, first.weights.data, 0, "weights of the first layer");
      within(sameFirst.bias, first.bias, 0, "biases of the first layer");
      within(sameSecond.weights.data, second.weights.data, 0, "weights of the second layer");
      within(sameSecond.bias, second.bias, 0, "biases of the second layer");
      const [thin, next] = await removed(first, second, [2]);
      within(thin.weights.data, first.weights.data.subarray(10, 15), 0, "weights of the one channel");
      const readers = second.weights.data.filter((_, i) => i % 4 === 2);
      within(next.weights.data, readers, 0, "what reads the channel");
    },
    { hint: "Try a list with all channels, and one with a single channel, on two dense layers." },
  );

  test(
    1,
    "measures the norms of convolutions and dense layers",
    async () => {
      for (const shape of [
        [rng.integer(3, 6), 2, 3, 4],
        [rng.integer(4, 7), 9],
      ]) {
        const { weights } = drawLayer(rng, shape);
        const expected = channelNorms(weights, { axis: 0, norm: 2 });
        const norms = numbers(await student.call("channelNorms", weights), expected.length, "channelNorms");
        within(
          norms,
          expected,
          expected.map((norm) => norm * float32),
          "norms",
        );
      }
    },
    { hint: "How many numbers make one output channel when the shape has four axes, and when it has two?" },
  );

  test(
    1,
    "keeps the strongest of drawn channels",
    async () => {
      for (const sparsity of [0.5, rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.8)]) {
        const norms = Array.from({ length: rng.integer(9, 17) }, () => rng.integer(1, 9) / 2);
        const gone = weakestChannels(norms, { sparsity });
        const expected = [...norms.keys()].filter((c) => !gone.includes(c));
        sameIntegers(await student.call("channelsToKeep", norms, sparsity), expected, "channelsToKeep");
      }
    },
    { hint: "Which of equal norms go, how many in all, and in which order is your list?" },
  );
});
