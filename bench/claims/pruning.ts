import { gzipSync } from "node:zlib";
import type * as tf from "@tensorflow/tfjs";
import {
  countModel,
  fromLayerGraph,
  type LayerGraph,
  toLayerGraph,
  withWeights,
} from "../../src/core/model/index.js";
import {
  applyMask,
  applyMasks,
  channelMask,
  kernelOf,
  layersWithKernels,
  magnitudeMasks,
  pruneChannels,
  storageReport,
} from "../../src/core/pruning/index.js";
import { predict } from "../../src/core/training/index.js";
import { loadTrained } from "../../src/core/zoo/index.js";
import { interleaved } from "../interleaved.js";
import { type Claim, percent, points, times, verdictOf } from "./claim.js";
import { drawn, share } from "./quantization.js";

const half = 0.5;
const filters = 0.4;

/** What pruning does to the trained teaching CNN before any training: bytes, time, accuracy. */
export async function pruning(say: (text: string) => void): Promise<readonly Claim[]> {
  const { model, about } = await loadTrained("teaching-cnn-hard");
  const test = drawn(about.test);
  const dense = toLayerGraph(model);
  const sparse = applyMasks(dense, magnitudeMasks(dense, { sparsity: half, scope: "global" }));
  const masked = maskChannels(dense);
  const smaller = pruneChannels(dense, { sparsity: { conv1: filters, conv2: filters } });
  say("times dense, sparse and smaller models");
  const variants = { dense, sparse, masked, smaller };
  const batch = { shape: [250, 28, 28, 1], data: test.inputs.data.slice(0, 250 * 28 * 28) };
  const time = await timed(variants, (one) => predict(one, batch));
  say("counts right answers");
  const right = async (graph: LayerGraph): Promise<number> => share(fromLayerGraph(graph), test);
  const before = await right(dense);
  return [
    nearZero(dense),
    size(dense, sparse),
    speed(time),
    accuracy((await right(sparse)) - before),
    channels(dense, smaller, time),
    harder({
      channels: (await right(smaller)) - before,
      weights: (await right(equallySmall(dense, smaller))) - before,
    }),
    order(dense),
  ];
}

type Times = Readonly<Record<"dense" | "sparse" | "masked" | "smaller", number>>;

async function timed(
  graphs: Readonly<Record<keyof Times, LayerGraph>>,
  run: (model: tf.LayersModel) => Promise<unknown>,
): Promise<Times> {
  const variants = Object.entries(graphs).map(([name, graph]) => {
    const model = fromLayerGraph(graph);
    return { name, run: () => run(model) };
  });
  const figures = await interleaved(variants, 15);
  const of = (name: keyof Times): number => figures.find((one) => one.name === name)!.medianMs;
  return { dense: of("dense"), sparse: of("sparse"), masked: of("masked"), smaller: of("smaller") };
}

/** What torch's ln_structured does: channels of zeros in a tensor of the same shape. */
function maskChannels(graph: LayerGraph): LayerGraph {
  return ["conv1", "conv2"].reduce((changed, name) => {
    const kernel = kernelOf(changed, name);
    const mask = channelMask(kernel, { sparsity: filters, norm: 2, axis: -1 });
    return withWeights(changed, name, [applyMask(kernel, mask), ...biasOf(changed, name)]);
  }, graph);
}

function biasOf(graph: LayerGraph, name: string) {
  return graph.nodes.find((node) => node.name === name)!.weights.slice(1);
}

function nearZero(graph: LayerGraph): Claim {
  const shares = layersWithKernels(graph).map((name) => {
    const { data } = kernelOf(graph, name);
    const largest = data.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    return { name, share: data.filter((w) => Math.abs(w) < largest / 10).length / data.length };
  });
  return {
    slide: "Pruning Theory",
    says: "Many weights are near zero",
    evidence: "measured",
    found: `below a tenth of the layer's largest: ${shares.map(({ name, share: part }) => `${name} ${percent(part, 0)}`).join(", ")}`,
    verdict: verdictOf(shares.map(({ share: part }) => part > 0.25)),
    taught: "lab 2, q1",
  };
}

function size(dense: LayerGraph, sparse: LayerGraph): Claim {
  const kernels = layersWithKernels(sparse).map((name) => kernelOf(sparse, name));
  const total = (format: string, bits: number): number =>
    kernels.reduce(
      (sum, kernel) => sum + storageReport(kernel, bits).formats.find((one) => one.format === format)!.bytes,
      0,
    );
  const ratio = (format: string, bits = 32): number => total("dense", bits) / total(format, bits);
  const zipped = gzipBytes(dense) / gzipBytes(sparse);
  return {
    slide: "Optimization Techniques: Comparison",
    says: "Pruning 50 % makes a model 2× smaller",
    evidence: "measured",
    found: `teaching CNN, half of all weights zero: the same size as stored; ${times(ratio("bitmap"))} smaller with a bitmap, ${times(ratio("csr"))} as CSR, ${times(zipped)} gzipped (against the gzipped whole). With int8 weights: bitmap ${times(ratio("bitmap", 8))}, CSR ${times(ratio("csr", 8))}`,
    verdict: verdictOf([ratio("bitmap") >= 1.95, ratio("csr") >= 1.95, ratio("bitmap", 8) >= 1.95]),
    taught: "lab 2, q7",
  };
}

function gzipBytes(graph: LayerGraph): number {
  const parts = layersWithKernels(graph).map((name) => {
    const { buffer, byteOffset, byteLength } = kernelOf(graph, name).data;
    return Buffer.from(buffer, byteOffset, byteLength);
  });
  return gzipSync(Buffer.concat(parts)).length;
}

function speed(time: Times): Claim {
  const ratio = time.dense / time.sparse;
  return {
    slide: "Optimization Techniques: Comparison",
    says: "Pruning 50 % is 1.5–2× faster",
    evidence: "measured",
    found: `teaching CNN on the wasm backend, half of all weights zero: ${times(ratio)}. Dense kernels multiply by zeros too`,
    verdict: verdictOf([ratio >= 1.5]),
    taught: "lab 2, q7",
  };
}

function accuracy(change: number): Claim {
  return {
    slide: "Pruning Theory",
    says: "Removing the smallest weights barely affects accuracy",
    evidence: "measured",
    found: `teaching CNN, half of all weights, not trained afterwards: ${points(change)}`,
    verdict: verdictOf([change > -0.01]),
    taught: "lab 2, q1",
  };
}

function channels(dense: LayerGraph, smaller: LayerGraph, time: Times): Claim {
  const [whole, rest] = [countModel(dense), countModel(smaller)];
  const masked = time.dense / time.masked;
  const removed = time.dense / time.smaller;
  return {
    slide: "Structured Pruning Example",
    says: "ln_structured (40 % of the filters) actually reduces computation",
    evidence: "measured",
    found: `masked, as ln_structured leaves it: as many parameters and multiplications as before, ${times(masked)} the speed. With the filters of both convolutions really removed: ${percent(rest.parameters / whole.parameters, 0)} of the parameters, ${percent(rest.macs / whole.macs, 0)} of the multiplications, ${times(removed)} the speed`,
    verdict: verdictOf([masked > 1.15, removed > 1.15]),
    taught: "lab 2, q3",
  };
}

/** Single weights pruned until as many are left as the smaller model has. */
function equallySmall(dense: LayerGraph, smaller: LayerGraph): LayerGraph {
  const weights = (graph: LayerGraph): number =>
    layersWithKernels(graph).reduce((sum, name) => sum + kernelOf(graph, name).data.length, 0);
  const sparsity = 1 - weights(smaller) / weights(dense);
  return applyMasks(dense, magnitudeMasks(dense, { sparsity, scope: "global" }));
}

function harder(change: { readonly channels: number; readonly weights: number }): Claim {
  return {
    slide: "Structured Pruning Example",
    says: "Structured pruning keeps accuracy less well than unstructured",
    evidence: "measured",
    found: `teaching CNN, as many weights left, not trained afterwards: 40 % of the filters ${points(change.channels)}, single weights ${points(change.weights)}`,
    verdict: verdictOf([change.channels < change.weights]),
    taught: "lab 2, q3",
  };
}

/** A zero has a code of its own in symmetric int8, so that pruned weights stay pruned when they are quantized. */
function order(dense: LayerGraph): Claim {
  const kernels = layersWithKernels(dense).map((name) => kernelOf(dense, name).data);
  let weights = 0;
  let tied = 0;
  for (const data of kernels) {
    const scale = data.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127;
    const magnitudes = Uint8Array.from(data, (w) => Math.abs(Math.round(w / scale)));
    const sorted = magnitudes.slice().sort();
    const threshold = sorted[Math.floor(sorted.length / 2)]!;
    weights += data.length;
    tied += magnitudes.filter((code) => code === threshold).length;
  }
  return {
    slide: "Optimization Techniques: Comparison",
    says: "Prune after quantization (the pipeline on the same slide says: prune, then quantize)",
    evidence: "measured",
    found: `after int8, ${percent(tied / weights)} of the teaching CNN's weights lie exactly on the code where half are removed: magnitude can't tell them apart, and training on needs the floats. Pruned first, a zero keeps its own code, 0`,
    verdict: verdictOf([tied === 0]),
    taught: "lab 1, w2",
  };
}
