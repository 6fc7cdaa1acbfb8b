import {
  finiteNumber,
  integer,
  numbers,
  question,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

/** The network of the worked example. */
const hidden = {
  name: "hidden",
  input: "image",
  shape: [2, 2],
  weights: Float32Array.of(0.635, -0.2, 0.05, 1.27),
  bias: Float32Array.of(0.1, -0.3),
};

export default question("q6", ({ student, rng, test }) => {
  async function params(batches: Record<string, Float32Array[]>, name: string) {
    const all = record(await student.call("calibrate", batches), Object.keys(batches), "calibrate");
    const { scale, zeroPoint } = record(all[name], ["scale", "zeroPoint"], name);
    return {
      scale: finiteNumber(scale, `scale of ${name}`),
      zeroPoint: integer(zeroPoint, `zeroPoint of ${name}`),
    };
  }
  async function quantize(layers: unknown[], activations: unknown): Promise<readonly unknown[]> {
    const quantized = await student.call("quantizeNetwork", layers, activations);
    if (Array.isArray(quantized) && quantized.length === layers.length) return quantized;
    return reject(`quantizeNetwork: expected an array of ${layers.length} layers`);
  }
  const fields = ["name", "input", "shape", "codes", "scales", "bias"] as const;

  test(
    2,
    "reproduces the worked example",
    async () => {
      const batches = {
        image: [Float32Array.of(0.2, 0.9), Float32Array.of(0.1, 1.02)],
        hidden: [Float32Array.of(-0.51, 1.2), Float32Array.of(0.3, 2.04)],
      };
      const image = await params(batches, "image");
      within(image.scale, 0.004, 1.02 * float32, "scale of image");
      sameIntegers([image.zeroPoint], [0], "zeroPoint of image");
      const range = await params(batches, "hidden");
      within(range.scale, 0.01, 2.55 * float32, "scale of hidden");
      sameIntegers([range.zeroPoint], [51], "zeroPoint of hidden");
      const activations = { image: { scale: 0.004, zeroPoint: 0 }, hidden: { scale: 0.01, zeroPoint: 51 } };
      const [layer] = await quantize([hidden], activations);
      const { name, input, shape, codes, scales, bias } = record(layer, fields, "the layer");
      if (name !== "hidden" || input !== "image")
        reject('the layer: expected its name "hidden" and its input "image"');
      sameIntegers(shape, [2, 2], "shape");
      sameIntegers(typedArray(codes, Int8Array, 4, "codes"), [127, -40, 5, 127], "codes");
      within(numbers(scales, 2, "scales"), [0.005, 0.01], [0.005 * float32, 0.01 * float32], "scales");
      sameIntegers(typedArray(bias, Int32Array, 2, "bias"), [5000, -7500], "bias");
    },
    { hint: "Go through both tables by hand, one row after the other. Which row differs first?" },
  );

  test(
    1,
    "calibrates over all batches, with zero in the range",
    async () => {
      const low = Math.fround(rng.uniform(1, 2));
      const high = Math.fround(rng.uniform(5, 9));
      for (const batches of [
        [Float32Array.of(low, high), Float32Array.of(low, low + 1)],
        [Float32Array.of(low, low + 1), Float32Array.of(high, low)],
      ]) {
        const positive = await params({ positive: batches }, "positive");
        within(positive.scale, high / 255, high * float32, "scale of positive");
        sameIntegers([positive.zeroPoint], [0], "zeroPoint of positive");
        const negative = { negative: batches.map((batch) => batch.map((value) => -value)) };
        const below = await params(negative, "negative");
        within(below.scale, high / 255, high * float32, "scale of negative");
        sameIntegers([below.zeroPoint], [255], "zeroPoint of negative");
      }
    },
    { hint: "Which batch holds the largest number? Do you still know it after the last batch?" },
  );

  test(
    1,
    "counts the bytes of the worked example",
    async () => {
      const layer = {
        ...{ name: "hidden", input: "image", shape: [2, 2], scales: [0.005, 0.01] },
        codes: Int8Array.of(127, -40, 5, 127),
        bias: Int32Array.of(5000, -7500),
      };
      const activations = { image: { scale: 0.004, zeroPoint: 0 }, hidden: { scale: 0.01, zeroPoint: 51 } };
      sameIntegers([await student.call("sizeInBytes", [layer], activations)], [30], "sizeInBytes");
      sameIntegers([await student.call("sizeInBytes", [], {})], [0], "sizeInBytes of nothing");
    },
    { hint: "4 + 8 + 8 + 10: which of these does your sum leave out?" },
  );

  test(
    1,
    "takes convolutions: one scale and one bias for each output channel",
    async () => {
      // Three weights a channel, the largest in the middle: its code is 127.
      const weights = Float32Array.of(1, 1.27, -0.5, 2, -2.54, 0);
      const layer = {
        name: "conv",
        input: "image",
        shape: [2, 1, 1, 3],
        weights,
        bias: Float32Array.of(0.5, 0.5),
      };
      const [quantized] = await quantize([layer], { image: { scale: 0.5, zeroPoint: 0 } });
      const { codes, scales, bias } = record(quantized, fields, "the layer");
      sameIntegers(typedArray(codes, Int8Array, 6, "codes"), [100, 127, -50, 100, -127, 0], "codes");
      within(numbers(scales, 2, "scales"), [0.01, 0.02], [0.01 * float32, 0.02 * float32], "scales");
      sameIntegers(typedArray(bias, Int32Array, 2, "bias"), [100, 50], "bias");
    },
    {
      hint: "Which tensor does this layer read? And why are the codes of the two equal biases not the same?",
    },
  );
});
