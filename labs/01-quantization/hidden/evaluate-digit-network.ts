import { LabError, seeded, type Tensor } from "edgelab/core";
import { glyphs } from "edgelab/core/data";
import { fromLayerGraph, type LayerGraph, toLayerGraph } from "edgelab/core/model";
import { type QuantizedModel, type QuantizedWeights, simulate } from "edgelab/core/quantization/models";
import { accuracyOf, chooseBackend, predict } from "edgelab/core/training";
import { loadTrained } from "edgelab/core/zoo";

/** A layer of the digits' network as question 6 has it: `shape` and `weights` are [out, in, …]. */
interface FloatLayer {
  readonly name: string;
  readonly input: string;
  readonly shape: readonly number[];
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

interface CodedLayer {
  readonly name: string;
  readonly codes: Int8Array;
  readonly scales: readonly number[];
  readonly bias: Int32Array;
}

type Params = Readonly<Record<string, { readonly scale: number; readonly zeroPoint: number }>>;

/** The tensor that each layer reads, but for pools, which change no code. */
const readBy: Readonly<Record<string, string>> = {
  conv1: "image",
  conv2: "conv1",
  dense1: "conv2",
  logits: "dense1",
};
const tensorNames = ["image", ...Object.keys(readBy)];

let loading: Promise<LayerGraph> | undefined;

/** Read once: the evaluator serves one notebook after the other. */
function digitGraph(): Promise<LayerGraph> {
  loading ??= (async () => {
    await chooseBackend({ backend: "wasm" });
    const { model } = await loadTrained("teaching-cnn");
    const graph = toLayerGraph(model);
    model.dispose();
    return graph;
  })();
  return loading;
}

/** The trained network as plain data, and what it computes in each of its tensors for the images of a seed. */
export async function digitNetwork(
  seed: string,
  images: number,
): Promise<{ layers: FloatLayer[]; batches: Record<string, Float32Array[]> }> {
  const graph = await digitGraph();
  const layers = graph.nodes.flatMap(({ name, weights: [kernel, bias] }) => {
    const input = readBy[name];
    if (input === undefined || !kernel || !bias) return [];
    const [inputs = 1, outputs = 1] = kernel.shape.slice(-2);
    const shape = [outputs, inputs, ...kernel.shape.slice(0, -2)];
    return [{ name, input, shape, weights: outputsFirst(kernel), bias: bias.data }];
  });
  const { inputs } = glyphs({ count: images, rng: seeded(seed) });
  const batches: Record<string, Float32Array[]> = { image: halves(inputs.data) };
  for (const name of Object.keys(readBy)) {
    batches[name] = halves((await run({ ...graph, outputs: [name] }, inputs)).data);
  }
  return { layers, batches };
}

/** How many of the images of a seed the float network and the quantized one get right. */
export async function digitAccuracy(
  coded: readonly CodedLayer[],
  params: Params,
  seed: string,
  images: number,
): Promise<{ float: number; quantized: number }> {
  const graph = await digitGraph();
  const data = glyphs({ count: images, rng: seeded(seed) });
  const right = (logits: Tensor) => Math.round(images * accuracyOf(logits, data.labels));
  const model = simulate(asQuantizedModel(graph, coded, params));
  try {
    return {
      float: right(await run(graph, data.inputs)),
      quantized: right(await predict(model, data.inputs)),
    };
  } finally {
    model.dispose();
  }
}

async function run(graph: LayerGraph, inputs: Tensor): Promise<Tensor> {
  const model = fromLayerGraph(graph);
  try {
    return await predict(model, inputs);
  } finally {
    model.dispose();
  }
}

/** Two batches, so that a range has to be kept from one to the next. */
function halves(data: Float32Array): Float32Array[] {
  return [data.slice(0, data.length / 2), data.slice(data.length / 2)];
}

/** TensorFlow.js' [height, width, in, out] as [out, in, height, width], and [in, out] as [out, in]. */
function outputsFirst({ shape, data }: Tensor): Float32Array {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const window = data.length / (inputs * outputs);
  return data.map((_, i) => {
    const [place, input] = [i % window, Math.floor(i / window) % inputs];
    return data[(place * inputs + input) * outputs + Math.floor(i / window / inputs)] ?? 0;
  });
}

/** The way back. */
function outputsLast(codes: Int8Array, shape: readonly number[]): Int8Array {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const window = codes.length / (inputs * outputs);
  return codes.map((_, i) => {
    const [output, input] = [i % outputs, Math.floor(i / outputs) % inputs];
    return codes[(output * inputs + input) * window + Math.floor(i / outputs / inputs)] ?? 0;
  });
}

/** What the codes stand for, with the scales that came with them. */
function asQuantizedModel(graph: LayerGraph, coded: readonly CodedLayer[], params: Params): QuantizedModel {
  const weights: Record<string, QuantizedWeights> = {};
  for (const { name, codes, scales, bias } of coded) {
    const shape = graph.nodes.find((node) => node.name === name)?.weights[0]?.shape ?? [];
    const inputScale = scaleOf(params, readBy[name] ?? "");
    weights[name] = {
      kernel: {
        shape,
        codes: outputsLast(codes, shape),
        params: {
          convention: "lecture",
          type: "int8",
          symmetric: true,
          granularity: { per: "channel", axis: shape.length - 1 },
          scales: Float64Array.from(scales),
          zeroPoints: new Int32Array(scales.length),
          codeMin: -127,
          codeMax: 127,
        },
      },
      bias: { codes: bias, scales: Float64Array.from(scales, (scale) => inputScale * scale) },
    };
  }
  return { graph, weights, activations: activationsOf(params) };
}

function activationsOf(params: Params): QuantizedModel["activations"] {
  const entries = tensorNames.map((name) => [
    name,
    {
      convention: "lecture",
      type: "uint8",
      symmetric: false,
      granularity: { per: "tensor" },
      scales: Float64Array.of(scaleOf(params, name)),
      zeroPoints: Int32Array.of(params[name]?.zeroPoint ?? 0),
      codeMin: 0,
      codeMax: 255,
    } as const,
  ]);
  return Object.fromEntries(entries);
}

function scaleOf(params: Params, name: string): number {
  const scale = params[name]?.scale;
  if (scale === undefined)
    throw new LabError("NO_SCALE", `the tensor ${name} has no scale`, "Calibrate it too.");
  return scale;
}
