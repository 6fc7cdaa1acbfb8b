import { magnitudeThreshold } from "../src/core/pruning/index.js";
import {
  dequantize,
  dynamicAttention,
  dynamicDense,
  dynamicGru,
  fakeQuantize,
  floatAttention,
  floatDense,
  floatGru,
  matmulFloat,
  matmulInt8,
  paramsFromData,
  type QuantScheme,
  quantize,
} from "../src/core/quantization/index.js";
import { seeded } from "../src/core/random.js";
import { normalTensor, type Tensor } from "../src/core/tensor.js";
import { interleaved } from "./interleaved.js";
import type { Figure } from "./report.js";

const elements = 64 * 2 ** 18;
const weights = 25_000_000;

/**
 * Quantize, dequantize and fake-quantize 64 MB of float32, beside a copy of the same bytes: into a new array, as
 * these functions give one (most of that time is the system's, for memory that nobody used yet), and into one
 * that is there already, which is the least that any copy can take.
 */
export async function elementwise(rounds: number): Promise<Figure[]> {
  const x = repeated(elements);
  const copy = new Float32Array(elements);
  const figures: Figure[] = [];
  for (const [convention, type] of [
    ["lecture", "uint8"],
    ["torch", "uint8"],
    ["onnxruntime", "int8"],
    ["tflite", "int8"],
  ] as const) {
    const scheme: QuantScheme = { convention, type, symmetric: false, granularity: { per: "tensor" } };
    const params = paramsFromData(x, scheme);
    const codes = quantize(x, params);
    const [reused, memcpy, ...timings] = await interleaved(
      [
        { name: "copy into the same array", run: () => copy.set(x.data) },
        { name: "copy into a new array", run: () => x.data.slice() },
        { name: "quantize", run: () => quantize(x, params) },
        { name: "dequantize", run: () => dequantize(codes) },
        { name: "fakeQuantize", run: () => fakeQuantize(x, params) },
      ],
      rounds,
    );
    for (const { name, medianMs } of timings) {
      const ratio = medianMs / memcpy!.medianMs;
      figures.push({
        what: `${name}, ${convention} ${type}, 64 MB`,
        measured: `${medianMs.toFixed(0)} ms = ${times(ratio)} a new copy (${memcpy!.medianMs.toFixed(0)} ms), ${times(medianMs / reused!.medianMs)} one in place (${reused!.medianMs.toFixed(1)} ms)`,
        goal: "≤ 4 × a copy",
        met: ratio <= 4,
      });
    }
  }
  return figures;
}

/** The magnitude that separates the smaller half of 25 million weights. */
export async function threshold(rounds: number): Promise<Figure[]> {
  const x = repeated(weights);
  const [timing] = await interleaved(
    [{ name: "threshold", run: () => magnitudeThreshold(x, { sparsity: 0.5 }) }],
    rounds,
  );
  const { medianMs } = timing!;
  return [
    {
      what: "magnitudeThreshold, 25 M weights",
      measured: `${medianMs.toFixed(0)} ms`,
      goal: "≤ 200 ms",
      met: medianMs <= 200,
    },
  ];
}

/** The int8 matrix product beside the float one in the same plain TypeScript. */
export async function products(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [m, k, n] of [
    [256, 256, 256],
    [64, 1568, 64],
    [1024, 1024, 256],
  ] as const) {
    const a = normalTensor(seeded("a"), [m, k]);
    const b = normalTensor(seeded("b"), [k, n]);
    const toCodes = (x: Tensor): Tensor<Int8Array> => ({
      shape: x.shape,
      data: Int8Array.from(x.data, (value) => Math.max(-127, Math.min(127, 40 * value))),
    });
    const [aCodes, bCodes] = [toCodes(a), toCodes(b)];
    const [float, int8] = await interleaved(
      [
        { name: "float", run: () => matmulFloat(a, b) },
        { name: "int8", run: () => matmulInt8(aCodes, bCodes, { aZero: 3 }) },
      ],
      rounds,
    );
    const ratio = int8!.medianMs / float!.medianMs;
    figures.push({
      what: `matmulInt8, ${m}×${k}×${n}`,
      measured: `${int8!.medianMs.toFixed(1)} ms = ${ratio.toFixed(2)} × the float product (${float!.medianMs.toFixed(1)} ms)`,
      goal: "≤ 1 × float",
      met: ratio <= 1,
    });
  }
  return figures;
}

const times = (ratio: number): string => `${ratio.toFixed(ratio < 1 ? 2 : 1)} ×`;

/** Dynamic quantization beside the same layers in float, one example and 32 at a time: where it pays. */
export async function dynamic(rounds: number): Promise<Figure[]> {
  const draw = (...shape: number[]): Tensor => normalTensor(seeded(shape.join()), shape, 0, 0.1);
  const dense = { weights: draw(1024, 1024), bias: draw(1024) };
  const gru = {
    input: { weights: draw(64, 384), bias: draw(384) },
    state: { weights: draw(128, 384), bias: draw(384) },
  };
  const projection = () => ({ weights: draw(128, 128), bias: draw(128) });
  const attention = {
    query: projection(),
    key: projection(),
    value: projection(),
    output: projection(),
    heads: 4,
  };
  const layers = [
    { name: "dense 1024 → 1024", input: [1024], int8: dynamicDense(dense), float: floatDense(dense) },
    { name: "GRU 64 → 128, 20 steps", input: [20, 64], int8: dynamicGru(gru), float: floatGru(gru) },
    {
      name: "attention 128, 4 heads, 32 steps",
      input: [32, 128],
      int8: dynamicAttention(attention),
      float: floatAttention(attention),
    },
  ];
  const figures: Figure[] = [];
  for (const { name, input, int8, float } of layers) {
    const ratios: string[] = [];
    for (const batch of [1, 32]) {
      const x = normalTensor(seeded("x"), [batch, ...input]);
      const timings = await interleaved(
        [
          { name: "int8", run: () => int8.run(x) },
          { name: "float", run: () => float.run(x) },
        ],
        4 * rounds,
      );
      ratios.push(`${times(timings[0]!.medianMs / timings[1]!.medianMs)} (batch ${batch})`);
    }
    const smaller = (float.storedBytes / int8.storedBytes).toFixed(2);
    figures.push({ what: name, measured: `${ratios.join(", ")} the float time; ${smaller} × smaller` });
  }
  return figures;
}

/** Normally distributed numbers; a million of them over and over, as drawing all of them takes longer than the rest. */
function repeated(count: number): Tensor {
  const { data: drawn } = normalTensor(seeded("bench"), [2 ** 20]);
  const data = new Float32Array(count);
  for (let start = 0; start < count; start += drawn.length) {
    data.set(drawn.subarray(0, Math.min(drawn.length, count - start)), start);
  }
  return { shape: [count], data };
}
