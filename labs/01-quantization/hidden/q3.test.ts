import { channelScales } from "edgelab/core/quantization";
import { numbers, question, type Rng, sameIntegers, typedArray, within } from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

/** Weights in steps of their scale: ties, and some beyond the range; and their codes. */
const edgeSteps = [-1000, -130, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 130, 1000];
const edgeCodes = [-127, -127, -2, -2, 0, 0, 2, 2, 127, 127];

interface Layer {
  readonly shape: number[];
  readonly weights: Float32Array;
  readonly scales: number[];
  /** Codes that the weights are within 0.4 of a step of. */
  readonly codes: number[];
  /** The output channel of each weight. */
  readonly channel: number[];
}

/**
 * Weights made from known codes: each channel has a scale of its own, one channel is much louder, and the
 * largest code of each channel is at an end, negative in every other one. All axes differ in length.
 */
function drawLayer(rng: Rng, shape: number[]): Layer {
  const [channels = 1] = shape;
  const size = shape.reduce((a, b) => a * b, 1) / channels;
  const loud = rng.integer(0, channels - 1);
  const scales = Array.from(
    { length: channels },
    (_, c) => rng.uniform(0.001, 0.002) * (c === loud ? 60 : 1),
  );
  const channel = Array.from({ length: channels * size }, (_, i) => Math.floor(i / size));
  const codes = channel.map(() => rng.integer(-100, 100));
  const weights = Float32Array.from(
    codes,
    (code, i) => at(scales, channel, i) * (code + rng.uniform(-0.4, 0.4)),
  );
  for (let c = 0; c < channels; c++) {
    // The farthest weight lies in the channel's last tenth, so that a part of a channel does not show it.
    const place = c * size + size - 1 - rng.integer(0, Math.floor(size / 10));
    codes[place] = c % 2 === 0 ? -127 : 127;
    weights[place] = at(scales, channel, place) * (codes[place] ?? 0);
  }
  return { shape, weights, scales, codes, channel };
}

function at(scales: readonly number[], channel: readonly number[], i: number): number {
  return scales[channel[i] ?? 0] ?? 0;
}

export default question("q3", ({ student, rng, test }) => {
  const drawConvolution = () => drawLayer(rng, [rng.integer(5, 7), rng.integer(2, 3), 4, 3]);

  async function scalesOf({ weights, shape }: Layer): Promise<number[]> {
    return numbers(await student.call("channelScales", weights, shape), shape[0] ?? 1, "channelScales");
  }
  async function quantize(
    { weights, shape }: Pick<Layer, "weights" | "shape">,
    scales: number[],
  ): Promise<Int8Array> {
    const codes = await student.call("quantizePerChannel", weights, shape, scales);
    return typedArray(codes, Int8Array, weights.length, "quantizePerChannel");
  }
  async function dequantize({ shape }: Layer, codes: Int8Array, scales: number[]): Promise<Float32Array> {
    const weights = await student.call("dequantizePerChannel", codes, shape, scales);
    return typedArray(weights, Float32Array, codes.length, "dequantizePerChannel");
  }
  function sameScales(actual: number[], { weights, shape }: Layer): void {
    const expected = channelScales(weights, shape);
    within(
      actual,
      expected,
      expected.map((scale) => scale * float32),
      "scales",
    );
  }

  test(
    1,
    "finds the scales of a convolution with one loud channel",
    async () => {
      const layer = drawConvolution();
      sameScales(await scalesOf(layer), layer);
    },
    { hint: "Which weights make output channel 1? Where do they begin, and how many are there?" },
  );

  test(
    1,
    "quantizes each channel with the scale that is given for it",
    async () => {
      const layer = drawConvolution();
      sameIntegers(await quantize(layer, layer.scales), layer.codes, "codes");
      // Ties, and weights that the scale can't reach; with scales that are powers of two both are exact.
      const scales = [2 ** rng.integer(-8, -5), 2 ** rng.integer(-3, 0)];
      const weights = Float32Array.from(scales.flatMap((scale) => edgeSteps.map((step) => scale * step)));
      const edges = { weights, shape: [2, edgeSteps.length] };
      sameIntegers(await quantize(edges, scales), [...edgeCodes, ...edgeCodes], "codes at the edges");
    },
    {
      hint: "For the weight at place i, which scale do you take? And what happens to a tie, or beyond the range?",
    },
  );

  test(
    1,
    "restores each channel with the scale that is given for it",
    async () => {
      const layer = drawConvolution();
      const expected = layer.codes.map((code, i) => code * at(layer.scales, layer.channel, i));
      const restored = await dequantize(layer, Int8Array.from(layer.codes), layer.scales);
      within(
        restored,
        expected,
        expected.map((weight) => Math.abs(weight) * float32),
        "restored weights",
      );
    },
    { hint: "The way back needs the same scales as the way there, weight by weight." },
  );

  test(
    1,
    "keeps every channel within half of its own step",
    async () => {
      const layer = drawConvolution();
      const scales = await scalesOf(layer);
      const codes = await quantize(layer, scales);
      const halfSteps = layer.channel.map(
        (_, i) => at(layer.scales, layer.channel, i) * (0.5 + 127 * float32),
      );
      // Once by our own arithmetic: two functions that share a copy of the weights would agree on any codes.
      const stands = Array.from(codes, (code, i) => code * at(scales, layer.channel, i));
      within(stands, layer.weights, halfSteps, "what the codes stand for");
      within(await dequantize(layer, codes, scales), layer.weights, halfSteps, "restored weights");
    },
    {
      hint: "Compare the errors of a quiet channel with the size of its weights, not with the loud channel's.",
    },
  );

  test(
    1,
    "takes the weights of a linear layer too",
    async () => {
      const layer = drawLayer(rng, [rng.integer(4, 6), rng.integer(7, 9)]);
      sameScales(await scalesOf(layer), layer);
      sameIntegers(await quantize(layer, layer.scales), layer.codes, "codes");
    },
    { hint: "How does your code count the weights of a channel when the shape has two axes?" },
  );

  test(
    1,
    "handles a channel of zeros",
    async () => {
      const layer = drawConvolution();
      const size = layer.weights.length / (layer.shape[0] ?? 1);
      const silent = { ...layer, weights: layer.weights.map((w, i) => (i < size ? 0 : w)) };
      const scales = await scalesOf(silent);
      sameScales(scales, silent);
      const codes = await quantize(silent, channelScales(silent.weights, silent.shape));
      sameIntegers(codes.subarray(0, size), new Int8Array(size), "codes of the zeros");
    },
    { hint: "What do you divide by where a pruned channel holds nothing but zeros?" },
  );
});
