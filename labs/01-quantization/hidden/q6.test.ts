import { affineParams, channelScales, quantizeBias, roundHalfToEven } from "edgelab/core/quantization";
import { integer, question, record, reject, sameIntegers, within } from "edgelab/testing";
import { answersOf } from "./q6-answers.js";
import {
  drawActivations,
  drawLayer,
  drawNetwork,
  type FloatLayer,
  float32,
  type Params,
  staysWithinHalfAStep,
} from "./q6-network.js";

/** The largest bias code, on both sides. */
const most = 2 ** 31 - 1;

export default question("q6", ({ student, evaluator, rng, test }) => {
  const { calibrate, quantize } = answersOf(student);

  function sameParams(actual: Params | undefined, values: number[], name: string): void {
    const expected = affineParams(Math.min(...values), Math.max(...values), 8);
    within(actual?.scale, expected.scale, expected.scale * float32, `scale of ${name}`);
    sameIntegers([actual?.zeroPoint], [expected.zeroPoint], `zeroPoint of ${name}`);
  }

  test(
    1,
    "calibrates each tensor over all of its batches",
    async () => {
      // The ends of the range lie in different batches, zero 0.1 to 0.4 of a step beside an integer: no tie.
      const batches: Record<string, Float32Array[]> = {};
      for (const [name, sign] of [["up", 1] as const, ["down", -1] as const]) {
        const scale = rng.uniform(0.01, 0.1);
        const low = scale * (sign * rng.uniform(0.1, 0.4) - rng.integer(40, 200));
        const high = low + 255 * scale;
        const parts = [0, 1, 2, 3].map(() => [rng.uniform(low, high), rng.uniform(low, high)]);
        const [a, b] = rng.permutation(4);
        parts[a ?? 0]?.push(low);
        parts[b ?? 1]?.unshift(high);
        batches[name] = parts.map((part) => Float32Array.from(part));
      }
      const params = await calibrate(batches);
      for (const [name, parts] of Object.entries(batches)) {
        sameParams(
          params[name],
          parts.flatMap((part) => Array.from(part)),
          name,
        );
      }
    },
    { hint: "In which batch is the smallest number of a tensor, and in which the largest?" },
  );

  test(
    1,
    "keeps zero in every range, and handles tensors that were always zero",
    async () => {
      const batches = {
        after: [Float32Array.of(rng.uniform(2, 3), rng.uniform(4, 9)), Float32Array.of(rng.uniform(2, 3))],
        before: [Float32Array.of(-rng.uniform(2, 3)), Float32Array.of(-rng.uniform(4, 9))],
        silent: [new Float32Array(3), new Float32Array(2)],
      };
      const params = await calibrate(batches);
      sameParams(
        params.after,
        batches.after.flatMap((batch) => Array.from(batch)),
        "after",
      );
      sameParams(
        params.before,
        batches.before.flatMap((batch) => Array.from(batch)),
        "before",
      );
      sameIntegers([params.silent?.scale, params.silent?.zeroPoint], [1, 0], "scale and zeroPoint of silent");
    },
    { hint: "Can each range represent 0? And what do you divide by where nothing was ever seen but zeros?" },
  );

  test(
    1,
    "gives all layers of a network their codes and scales",
    async () => {
      const activations = drawActivations(rng);
      const drawn = drawNetwork(rng, activations);
      const coded = await quantize(
        drawn.map(({ layer }) => layer),
        activations,
      );
      for (const [i, { layer, codes }] of drawn.entries()) {
        const scales = channelScales(layer.weights, layer.shape);
        const slack = scales.map((scale) => scale * float32);
        within(coded[i]?.scales, scales, slack, `scales of ${layer.name}`);
        sameIntegers(coded[i]?.codes, codes, `codes of ${layer.name}`);
      }
    },
    { hint: "Which weights make output channel 1 of a layer, and which scale is theirs?" },
  );

  test(
    1,
    "counts each bias in steps of its own sum",
    async () => {
      const activations = drawActivations(rng);
      const drawn = drawNetwork(rng, activations);
      const coded = await quantize(
        drawn.map(({ layer }) => layer),
        activations,
      );
      for (const [i, { layer, steps }] of drawn.entries()) {
        sameIntegers(coded[i]?.bias, steps, `bias of ${layer.name}`);
        const inputScale = activations[layer.input === "image" ? "image" : "first"].scale;
        const weightScales = channelScales(layer.weights, layer.shape);
        const oracle = quantizeBias(
          { shape: [steps.length], data: layer.bias },
          { inputScale, weightScales },
        );
        sameIntegers(coded[i]?.bias, oracle.data, `bias of ${layer.name}`);
      }
    },
    { hint: "Which two scales were multiplied in the sum that this bias is added to?" },
  );

  test(
    1,
    "rounds ties to even, and clips what an int32 can't hold",
    async () => {
      // Scales that are powers of two: every quotient is exact.
      const weightScale = 2 ** rng.integer(-8, -5);
      const inputScale = 2 ** rng.integer(-6, -3);
      const halves = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5];
      const weights = [127, ...halves].map((step) => step * weightScale);
      const far = rng.uniform(3, 9) * 2 ** 31;
      const steps = [...halves, far, -far];
      const layer = {
        ...{ name: "edges", input: "image", shape: [steps.length, weights.length] },
        weights: Float32Array.from(steps.flatMap(() => weights)),
        bias: Float32Array.from(steps, (step) => step * weightScale * inputScale),
      };
      const [coded] = await quantize([layer], { image: { scale: inputScale, zeroPoint: 7 } });
      const row = [127, ...halves.map(roundHalfToEven)];
      // Zero lies half a step above an even code: that one is its code.
      const even = 2 * rng.integer(20, 100);
      const ends = Float32Array.of(-even - 0.5, 254.5 - even).map((step) => step * inputScale);
      const { tied } = await calibrate({ tied: [ends] });
      sameIntegers([tied?.zeroPoint], [even], "zeroPoint of tied");
      sameIntegers(
        coded?.codes,
        steps.flatMap(() => row),
        "codes",
      );
      sameIntegers(coded?.bias, [...halves.map(roundHalfToEven), most, -most], "bias");
    },
    { hint: "Which integer is nearest to 2.5 steps? And what does an Int32Array store for 3,000,000,000?" },
  );

  test(
    1,
    "handles channels whose weights are all zero",
    async () => {
      const inputScale = rng.uniform(0.01, 0.02);
      const { layer, codes, steps } = drawLayer(rng, "pruned", "image", [4, 6], inputScale);
      const dead = rng.integer(0, 3);
      const weights = layer.weights.map((weight, i) => (Math.floor(i / 6) === dead ? 0 : weight));
      // Steps of the input's scale alone: at 0.1 to 0.4 beside an integer, no tie.
      const deadStep = rng.integer(20, 60);
      const bias = layer.bias.map((b, c) =>
        c === dead ? inputScale * (deadStep + rng.uniform(-0.4, 0.4)) : b,
      );
      const [coded] = await quantize([{ ...layer, weights, bias }], {
        image: { scale: inputScale, zeroPoint: 0 },
      });
      within(coded?.scales[dead], 1, 0, "scale of the channel of zeros");
      sameIntegers(
        coded?.codes,
        codes.map((code, i) => (Math.floor(i / 6) === dead ? 0 : code)),
        "codes",
      );
      sameIntegers(
        coded?.bias,
        steps.map((step, c) => (c === dead ? deadStep : step)),
        "bias",
      );
    },
    {
      hint: "What do you divide by in a channel that pruning left without weights? Its bias is still there.",
    },
  );

  test(
    1,
    "counts the bytes of any network",
    async () => {
      const names = ["image", "first", "second", "sum", "other"].slice(0, rng.integer(2, 5));
      const activations = Object.fromEntries(names.map((name) => [name, { scale: 0.5, zeroPoint: 3 }]));
      const layers = Array.from({ length: rng.integer(2, 4) }, (_, i) => {
        const shape = [rng.integer(2, 9), rng.integer(3, 20)];
        const [channels = 1, size = 1] = shape;
        return {
          ...{ name: `layer ${i}`, input: "image", shape, codes: new Int8Array(channels * size).fill(5) },
          scales: Array.from({ length: channels }, () => 0.25),
          bias: new Int32Array(channels),
        };
      });
      const bytes = layers.reduce(
        (sum, { codes, scales, bias }) => sum + codes.byteLength + 4 * scales.length + bias.byteLength,
        5 * names.length,
      );
      sameIntegers([await student.call("sizeInBytes", layers, activations)], [bytes], "sizeInBytes");
    },
    { hint: "What is stored for a layer besides the codes of its weights, and what for a tensor?" },
  );

  test(
    2,
    "keeps the accuracy of a trained network on digits that it has not seen",
    async () => {
      const seed = `question 6, ${rng.integer(0, 2 ** 31)}`;
      const calibrationImages = 24;
      const testImages = 200;
      const given = record(
        await evaluator.call("digitNetwork", `${seed}, calibration`, calibrationImages),
        ["layers", "batches"],
        "digitNetwork",
      );
      const params = await calibrate(given.batches as Record<string, Float32Array[]>);
      const coded = await quantize(given.layers as FloatLayer[], params);
      staysWithinHalfAStep(given.layers as FloatLayer[], coded, params);
      const claimed = integer(await student.call("sizeInBytes", coded, params), "sizeInBytes");
      // Counted on what came back: 4 tensors and the image, one int8 a weight, two numbers a channel.
      const bytes = coded.reduce(
        (sum, layer) => sum + layer.codes.length + 8 * layer.bias.length,
        5 * Object.keys(params).length,
      );
      if (claimed !== bytes)
        reject("sizeInBytes: not the bytes of the network that quantizeNetwork returned");
      const usable = Object.values(params).every(
        ({ scale, zeroPoint }) => scale > 0 && zeroPoint >= 0 && zeroPoint < 256,
      );
      const positive = coded.every(({ scales }) => scales.every((scale) => scale > 0));
      if (!usable || !positive) reject("the network: a scale or a zero point that no device could use");
      const right = record(
        await evaluator.call("digitAccuracy", coded, params, `${seed}, test`, testImages),
        ["float", "quantized"],
        "digitAccuracy",
      );
      const lost = integer(right.float, "float") - integer(right.quantized, "quantized");
      // A network that gets 1 % of all digits wrong that the float network gets right loses 2 of 200 on average,
      // and more than 12 less than once in a million draws: the binomial's tail above 12 is 2e-7.
      if (lost > 12)
        reject(`the quantized network lost ${lost} of ${testImages} digits against the float one`);
    },
    {
      hint: "The functions work one by one. Do they agree with each other about which tensor a layer reads?",
    },
  );
});
