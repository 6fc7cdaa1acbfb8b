import { tensor } from "edgelab/core";
import {
  dynamicQuantizeLinear,
  dynamicDense as libraryDense,
  roundHalfToEven,
} from "edgelab/core/quantization";
import {
  finiteNumber,
  integer,
  question,
  type Rng,
  record,
  reject,
  sameIntegers,
  typedArray,
  within,
} from "edgelab/testing";

/** A float32 result is good enough: one unit in its last place, relative. */
const float32 = 2 ** -23;

interface Layer {
  readonly inputs: number;
  /** [out, in]; the largest magnitude of each output is 127. */
  readonly codes: Int8Array;
  readonly scales: number[];
  readonly bias: Float32Array;
}

/** Scales differ by more than a factor of 2 between neighbours, so that one can't stand for another. */
function drawLayer(rng: Rng, inputs: number, outputs: number): Layer {
  const codes = Int8Array.from({ length: inputs * outputs }, () => rng.integer(-100, 100));
  for (let j = 0; j < outputs; j++) codes[j * inputs + rng.integer(0, inputs - 1)] = j % 2 === 0 ? 127 : -127;
  return {
    inputs,
    codes,
    scales: Array.from({ length: outputs }, (_, j) => rng.uniform(0.01, 0.015) * (j % 2 === 0 ? 1 : 4)),
    bias: Float32Array.from({ length: outputs }, () => rng.uniform(-2, 2)),
  };
}

/**
 * Inputs whose codes are known: each within 0.4 of a step, the ends of the range among them. Zero lies `lead`
 * steps beside an integer: at 0.1 to 0.4, rounding is far from a tie, and cutting off goes wrong for one sign.
 */
function drawInput(rng: Rng, count: number, lead: number, zeroPoint = rng.integer(20, 230)): Float32Array {
  const scale = rng.uniform(0.01, 0.2);
  const x = Float32Array.from(
    { length: count },
    () => scale * (rng.integer(1, 254) - zeroPoint + rng.uniform(-0.4, 0.4)),
  );
  const [low, high] = rng.permutation(count);
  x[low ?? 0] = scale * (lead - zeroPoint);
  x[high ?? 1] = scale * (255 + lead - zeroPoint);
  return x;
}

/**
 * How far the rounding of float32 can part two results, per output: n + 8 roundings (of the products, their sum in
 * any order, the scales and the bias) of at most 2^-24 of the magnitudes that are added up, on both sides.
 */
function slack(x: Float32Array, { inputs, codes, scales, bias }: Layer): number[] {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return scales.map((scale, j) => {
    const row = codes.subarray(j * inputs, (j + 1) * inputs);
    const weights = row.reduce((sum, code) => sum + Math.abs(code) * scale, 0);
    return (inputs + 8) * float32 * (1.01 * largest * weights + Math.abs(bias[j] ?? 0));
  });
}

/** What the library makes of the same weights, given to it as floats [in, out]. */
function expectedOutputs(x: Float32Array, { inputs, codes, scales, bias }: Layer): Float32Array {
  const outputs = scales.length;
  const weights = new Float32Array(codes.length);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++)
      weights[i * outputs + j] = (codes[j * inputs + i] ?? 0) * (scales[j] ?? 0);
  }
  const layer = libraryDense({ weights: tensor([inputs, outputs], weights), bias: tensor([outputs], bias) });
  return layer.run(tensor([1, inputs], x)).data;
}

export default question("q7", ({ student, rng, test }) => {
  async function params(x: Float32Array): Promise<{ scale: number; zeroPoint: number }> {
    const result = record(await student.call("dynamicParams", x), ["scale", "zeroPoint"], "dynamicParams");
    return { scale: finiteNumber(result.scale, "scale"), zeroPoint: integer(result.zeroPoint, "zeroPoint") };
  }
  async function dense(x: Float32Array, { codes, scales, bias }: Layer): Promise<Float32Array> {
    const y = await student.call("dynamicDense", x, codes, scales, bias);
    return typedArray(y, Float32Array, bias.length, "dynamicDense");
  }
  async function sameParams(x: Float32Array): Promise<void> {
    const expected = dynamicQuantizeLinear(tensor([x.length], x));
    const { scale, zeroPoint } = await params(x);
    within(scale, expected.scale, expected.scale * float32, "scale");
    sameIntegers([zeroPoint], [expected.zeroPoint], "zeroPoint");
  }

  test(
    1,
    "finds the range of each vector anew",
    async () => {
      for (const lead of [rng.uniform(0.1, 0.4), rng.uniform(-0.4, -0.1)]) {
        const x = drawInput(rng, rng.integer(20, 40), lead);
        await sameParams(x);
        // The same voice, quieter.
        await sameParams(x.map((value) => value / 64));
      }
    },
    {
      hint: "How many steps lie between the smallest and the largest number, and which integer stands for 0?",
    },
  );

  test(
    1,
    "takes vectors on one side of zero, and single numbers",
    async () => {
      const side = rng.integer(0, 1) === 0 ? 1 : -1;
      for (const sign of [side, -side]) {
        const x = Float32Array.from({ length: 12 }, () => sign * rng.uniform(2, 5));
        await sameParams(x);
        await sameParams(x.subarray(0, 1));
      }
    },
    { hint: "Is 0 between the ends of your range?" },
  );

  test(
    1,
    "computes the layer that ONNX Runtime computes",
    async () => {
      for (const lead of [rng.uniform(0.1, 0.4), rng.uniform(-0.4, -0.1)]) {
        const layer = drawLayer(rng, rng.integer(20, 40), rng.integer(3, 6));
        const x = drawInput(rng, layer.inputs, lead);
        within(await dense(x, layer), expectedOutputs(x, layer), slack(x, layer), "outputs");
      }
    },
    { hint: "Compare with the table of the worked example: what is added up, and what is multiplied once?" },
  );

  test(
    1,
    "rounds ties as the specification does, and saturates",
    async () => {
      // One weight of 1 for each output picks out what became of each input. All numbers are exact.
      const half = rng.integer(40, 90) + 0.5;
      const size = 2 ** rng.integer(-6, 2);
      const odd = 2 * rng.integer(20, 60) + 1;
      const steps = [0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, -3.5];
      const ranges = [
        [-half, 255 - half],
        [-half - 1, 254 - half],
        [-odd, 255 - odd],
      ] as const;
      for (const [low, high] of ranges) {
        const units = [low, high, ...steps];
        const x = Float32Array.from(units, (unit) => unit * size);
        const zero = roundHalfToEven(-low);
        const restored = units.map((unit) => Math.min(roundHalfToEven(unit) + zero, 255) - zero);
        const { zeroPoint } = await params(x);
        sameIntegers([zeroPoint], [zero], "zeroPoint");
        const picks = Int8Array.from({ length: x.length ** 2 }, (_, i) => (i % (x.length + 1) === 0 ? 1 : 0));
        const y = await dense(x, {
          inputs: x.length,
          codes: picks,
          scales: units.map(() => 1),
          bias: new Float32Array(x.length),
        });
        within(
          y,
          restored.map((unit) => unit * size),
          0,
          "what the inputs became",
        );
      }
    },
    { hint: "Where is Z added, before or after rounding? And what is the code of the largest input?" },
  );

  test(
    1,
    "answers a louder vector with a louder output, and nothing else",
    async () => {
      const layer = { ...drawLayer(rng, 24, 4), bias: new Float32Array(4) };
      const x = drawInput(rng, 24, rng.uniform(0.1, 0.4));
      const once = await dense(x, layer);
      // Zeros would be as loud as zeros.
      if (once.every((value) => value === 0)) reject("dynamicDense: all outputs are 0");
      for (const factor of [2 ** -5, 2 ** 4]) {
        const louder = x.map((value) => value * factor);
        // A power of two changes no digit, so that every step of the computation only moves its exponent.
        within(
          await dense(louder, layer),
          once.map((value) => value * factor),
          0,
          `outputs at ${factor} times the loudness`,
        );
      }
    },
    { hint: "Does anything that was found for one vector still have a say in the next one?" },
  );

  test(
    1,
    "adds the bias as it is",
    async () => {
      const layer = drawLayer(rng, 16, 5);
      within(await dense(new Float32Array(16), layer), layer.bias, 0, "outputs of zeros");
      const x = drawInput(rng, 16, rng.uniform(-0.4, -0.1));
      const [withBias, without] = [
        await dense(x, layer),
        await dense(x, { ...layer, bias: new Float32Array(5) }),
      ];
      within(
        withBias,
        without.map((value, j) => value + (layer.bias[j] ?? 0)),
        slack(x, layer),
        "outputs with a bias",
      );
    },
    { hint: "For an input of zeros, what is left of the formula?" },
  );
});
