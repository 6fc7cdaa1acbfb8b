import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { countModel, type ModelCount } from "./count.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

interface Fact {
  readonly network?: string;
  readonly layer?: string;
  readonly width?: number;
  readonly input?: number;
  readonly macs: number;
  /** Kernels only. */
  readonly weights?: number;
  readonly parameters?: number;
}

const { rows, layers } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "fixtures/networks.json"), "utf8"),
) as { rows: Fact[]; layers: Fact[] };

/** Lists layers one after the other; each function gives the name of the layer that it adds. */
function build(size: number, depth: number) {
  const nodes: LayerNode[] = [];
  const channels = new Map<string, number>();
  const add = (
    kind: string,
    inputs: string[],
    depth: number,
    config: Record<string, unknown>,
    shapes: number[][] = [],
  ): string => {
    const name = `${kind}${nodes.length}`;
    const weights = shapes.map((shape) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    }));
    nodes.push({ name, kind, config, inputs, weights });
    channels.set(name, depth);
    return name;
  };
  const of = (name: string): number => channels.get(name)!;
  const conv = (x: string, filters: number, k: number, strides = 1, padding = "same", bias = true): string =>
    add("Conv2D", [x], filters, { filters, kernelSize: [k, k], strides: [strides, strides], padding }, [
      [k, k, of(x), filters],
      ...(bias ? [[filters]] : []),
    ]);
  const depthwise = (x: string, strides: number): string =>
    add("DepthwiseConv2D", [x], of(x), { kernelSize: 3, strides, padding: "same", depthMultiplier: 1 }, [
      [3, 3, of(x), 1],
    ]);
  const norm = (x: string): string => add("BatchNormalization", [x], of(x), {}, Array(4).fill([of(x)]));
  const pool = (x: string, padding: string): string =>
    add("MaxPooling2D", [x], of(x), { poolSize: 3, strides: 2, padding });
  const average = (x: string): string => add("GlobalAveragePooling2D", [x], of(x), {});
  const sum = (...xs: string[]): string => add("Add", xs, of(xs[0]!), {});
  const join = (...xs: string[]): string => add("Concatenate", xs, of(xs[0]!) + of(xs[1]!), { axis: -1 });
  const dense = (x: string, units: number): string =>
    add("Dense", [x], units, { units }, [[of(x), units], [units]]);
  const flatten = (x: string, length: number): string => add("Flatten", [x], length, {});
  const pad = (x: string, n: number): string => add("ZeroPadding2D", [x], of(x), { padding: n });
  const input = add("InputLayer", [], depth, { batchInputShape: [null, size, size, depth] });
  const graph = (output: string): LayerGraph => ({ nodes, outputs: [output] });
  return { input, conv, depthwise, norm, pool, average, sum, join, dense, flatten, pad, graph };
}

/** Howard et al. (2017), Table 1. */
function mobileNetV1(size: number, width: number): LayerGraph {
  const { input, conv, depthwise, norm, average, dense, graph } = build(size, 3);
  const filters = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  const halving = [1, 3, 5, 11];
  let x = norm(conv(input, 32 * width, 3, 2, "same", false));
  filters.forEach((n, i) => {
    x = norm(depthwise(x, halving.includes(i) ? 2 : 1));
    x = norm(conv(x, n * width, 1, 1, "same", false));
  });
  return graph(dense(average(x), 1000));
}

/** Iandola et al. (2016), Table 1. torchvision pools with rounding up: here 'same' where the two differ. */
function squeezeNet(size: number): LayerGraph {
  const { input, conv, pool, average, join, graph } = build(size, 3);
  const fire = (x: string, squeezed: number, expanded: number): string => {
    const squeeze = conv(x, squeezed, 1);
    return join(conv(squeeze, expanded, 1), conv(squeeze, expanded, 3));
  };
  let x = pool(conv(input, 96, 7, 2, "valid"), "valid");
  x = pool(fire(fire(fire(x, 16, 64), 16, 64), 32, 128), "same");
  x = pool(fire(fire(fire(fire(x, 32, 128), 48, 192), 48, 192), 64, 256), "valid");
  return graph(average(conv(fire(x, 64, 256), 1000, 1)));
}

/** He et al. (2015), Table 1, batch normalizations folded. */
function resNet18(size: number): LayerGraph {
  const { input, conv, pool, average, sum, dense, pad, graph } = build(size, 3);
  const block = (x: string, filters: number, strides: number, project: boolean): string =>
    sum(conv(conv(x, filters, 3, strides), filters, 3), project ? conv(x, filters, 1, strides) : x);
  let x = pool(pad(conv(pad(input, 3), 64, 7, 2, "valid"), 1), "valid");
  for (const filters of [64, 128, 256, 512]) {
    x = block(block(x, filters, filters === 64 ? 1 : 2, true), filters, 1, false);
  }
  return graph(dense(average(x), 1000));
}

function leNet300(size: number): LayerGraph {
  const { input, flatten, dense, graph } = build(size, 1);
  return graph(dense(dense(dense(flatten(input, size * size), 300), 100), 10));
}

const networks: Record<string, (fact: Fact) => LayerGraph> = {
  MobileNetV1: ({ input = 0, width = 1 }) => mobileNetV1(input, width),
  "SqueezeNet 1.0": ({ input = 0 }) => squeezeNet(input),
  "ResNet-18, projection in each stage": ({ input = 0 }) => resNet18(input),
  "LeNet-300-100": ({ input = 0 }) => leNet300(input),
  "conv 3×3, 512 → 512, 14×14": () => {
    const { input, conv, graph } = build(14, 512);
    return graph(conv(input, 512, 3));
  },
  "depthwise separable": () => separable(14, 512),
  "depthwise separable, α = 0.75": () => separable(14, 384),
  "depthwise separable, α = 0.75, ρ = 0.714": () => separable(10, 384),
};

function separable(size: number, depth: number): LayerGraph {
  const { input, conv, depthwise, graph } = build(size, depth);
  return graph(conv(depthwise(input, 1), depth, 1));
}

function kernels({ nodes }: LayerGraph): number {
  const counted = nodes.filter(({ kind }) => /Conv2D|Dense/.test(kind));
  return counted.reduce((sum, { weights }) => sum + weights[0]!.data.length, 0);
}

describe("the count of a model", () => {
  for (const fact of [...rows, ...layers]) {
    const name = fact.network ?? fact.layer!;
    it(`finds the published numbers of ${[name, fact.width, fact.input].filter(Boolean).join(" ")}`, () => {
      const graph = networks[name]!(fact);
      const { macs, parameters }: ModelCount = countModel(graph);
      expect(macs).to.equal(fact.macs);
      if (fact.parameters) expect(parameters).to.equal(fact.parameters);
      if (fact.weights) expect(kernels(graph)).to.equal(fact.weights);
    });
  }

  it("adds up its layers, moving means and variances included", () => {
    // Keras' summary of MobileNet: 4,253,864 parameters.
    const { layers, parameters, macs } = countModel(mobileNetV1(224, 1));
    expect(parameters).to.equal(4253864);
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).to.equal(parameters);
    expect(layers.reduce((sum, layer) => sum + layer.macs, 0)).to.equal(macs);
    expect(layers.at(-1)).to.deep.include({
      kind: "Dense",
      parameters: 1025000,
      macs: 1024000,
      outputShape: [1000],
    });
  });
});
