import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../errors.js";
import { type LayerGraph, type LayerNode, toLayerGraph } from "./index.js";
import { outputShapes } from "./shapes.js";

const input = (...lengths: (number | null)[]): LayerNode => ({
  name: "input",
  kind: "InputLayer",
  config: { batchInputShape: [null, ...lengths] },
  inputs: [],
  weights: [],
});

const layer = (kind: string, config: Record<string, unknown>, ...inputs: string[]): LayerNode => ({
  name: "layer",
  kind,
  config,
  inputs: inputs.length > 0 ? inputs : ["input"],
  weights: [],
});

const shapeOf = (...nodes: LayerNode[]): readonly number[] | undefined =>
  outputShapes({ nodes, outputs: [] }).get(nodes.at(-1)!.name);

/** What tfjs says about each layer of a model. */
const expectSameShapes = (model: tf.LayersModel): void => {
  const shapes = outputShapes(toLayerGraph(model));
  expect(shapes.size).to.equal(model.layers.length);
  for (const { name, outputShape } of model.layers) {
    expect(shapes.get(name), name).to.deep.equal((outputShape as number[]).slice(1));
  }
};

describe("the shapes of a graph's outputs", () => {
  it("are those of tfjs for a model with every kind of layer", () => {
    const x = tf.input({ shape: [17, 14, 3] });
    const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
      layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tf.SymbolicTensor;
    const conv = apply(tf.layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1] }), x);
    const normed = apply(tf.layers.batchNormalization(), conv);
    const deep = apply(
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same" }),
      normed,
    );
    const active = apply(tf.layers.reLU(), apply(tf.layers.dropout({ rate: 0.5 }), deep));
    const leaky = apply(tf.layers.leakyReLU(), apply(tf.layers.activation({ activation: "relu6" }), deep));
    const joined = apply(tf.layers.concatenate(), active, leaky, conv);
    const summed = apply(tf.layers.add(), joined, apply(tf.layers.elu(), joined));
    const padded = apply(
      tf.layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 3],
        ],
      }),
      summed,
    );
    const pooled = apply(tf.layers.maxPooling2d({ poolSize: [3, 2], strides: 2, padding: "same" }), padded);
    const halved = apply(tf.layers.averagePooling2d({ poolSize: 2 }), pooled);
    const flat = apply(tf.layers.dense({ units: 5 }), apply(tf.layers.flatten(), halved));
    const squares = apply(tf.layers.reshape({ targetShape: [1, 5] }), flat);
    const means = apply(tf.layers.globalAveragePooling2d({}), halved);
    const maxima = apply(tf.layers.globalMaxPooling2d({}), halved);
    const stacked = apply(tf.layers.concatenate({ axis: 1 }), conv, apply(tf.layers.maximum(), conv, conv));
    expectSameShapes(
      tf.model({ inputs: x, outputs: [squares, apply(tf.layers.softmax(), means), maxima, stacked] }),
    );
  });

  it("are those of tfjs for any window, stride, dilation and padding", () => {
    const small = fc.integer({ min: 1, max: 4 });
    const window = fc.record({
      size: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
      kernelSize: fc.tuple(small, small),
      strides: fc.tuple(small, small),
      dilationRate: fc.integer({ min: 1, max: 2 }),
      padding: fc.constantFrom("same" as const, "valid" as const),
    });
    const property = fc.property(window, ({ size, dilationRate, strides, ...rest }) => {
      // tfjs refuses strides together with dilations.
      const config = { ...rest, strides: dilationRate > 1 ? [1, 1] : strides, dilationRate, filters: 2 };
      const conv = tf.layers.conv2d(config as Parameters<typeof tf.layers.conv2d>[0]);
      const wanted = (conv.computeOutputShape([null, ...size, 3]) as number[]).slice(1);
      fc.pre(wanted.every((n) => n >= 1));
      expect(shapeOf(input(...size, 3), layer("Conv2D", conv.getConfig()))).to.deep.equal(wanted);
      const pool = tf.layers.maxPooling2d({
        poolSize: rest.kernelSize,
        strides: strides as [number, number],
        padding: rest.padding,
      });
      const pooled = (pool.computeOutputShape([null, ...size, 3]) as number[]).slice(1);
      fc.pre(pooled.every((n) => n >= 1));
      expect(shapeOf(input(...size, 3), layer("MaxPooling2D", pool.getConfig()))).to.deep.equal(pooled);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("have tfjs' defaults where a config leaves something out", () => {
    expect(shapeOf(input(9, 6, 2), layer("AveragePooling2D", { poolSize: [2, 3] }))).to.deep.equal([4, 2, 2]);
    expect(shapeOf(input(9, 6, 2), layer("DepthwiseConv2D", { kernelSize: 3 }))).to.deep.equal([7, 4, 2]);
    expect(shapeOf(input(9, 6, 2), layer("ZeroPadding2D", {}))).to.deep.equal([11, 8, 2]);
  });

  it("fill the open length of a reshape, in which a saved model has null", () => {
    expect(shapeOf(input(6, 2), layer("Reshape", { targetShape: [4, -1] }))).to.deep.equal([4, 3]);
    expect(shapeOf(input(6, 2), layer("Reshape", { targetShape: [null, 4] }))).to.deep.equal([3, 4]);
  });

  const refusals: [string, LayerNode[], string][] = [
    ["a size that isn't known", [input(null, 28, 3)], "layer input can't take"],
    ["an input without a shape", [{ ...input(), config: {} }], "batchInputShape of layer input is undefined"],
    ["an unknown kind", [input(4), layer("GRU", {})], "is of the kind GRU, whose shape isn't known here"],
    ["a kind named as what every object has", [input(4), layer("toString", {})], "of the kind toString"],
    [
      "channels first",
      [input(3, 8, 8), layer("Conv2D", { filters: 1, kernelSize: 1, dataFormat: "channelsFirst" })],
      "dataFormat",
    ],
    [
      "flattening of channels first, which moves the elements",
      [input(3, 8, 8), layer("Flatten", { dataFormat: "channelsFirst" })],
      'dataFormat of layer layer is "channelsFirst"',
    ],
    [
      "a depthwise convolution with dilation, which tfjs computes without it",
      [input(8, 8, 2), layer("DepthwiseConv2D", { kernelSize: 3, dilationRate: [2, 2] })],
      "dilationRate of layer layer is [2,2]",
    ],
    [
      "an image with no place for the window",
      [input(2, 2, 1), layer("Conv2D", { filters: 1, kernelSize: 3 })],
      "can't take [2, 2, 1]",
    ],
    ["no image", [input(4), layer("MaxPooling2D", { poolSize: 2 })], "can't take [4]. Give it images"],
    [
      "filters that are no count",
      [input(2, 2, 1), layer("Conv2D", { filters: 0, kernelSize: 1 })],
      "filters of layer layer is 0",
    ],
    [
      "a window that is no pair",
      [input(2, 2, 1), layer("Conv2D", { filters: 1, kernelSize: [1] })],
      "kernelSize of layer layer is [1]",
    ],
    [
      "an unknown padding",
      [input(2, 2, 1), layer("MaxPooling2D", { poolSize: 1, padding: "full" })],
      'padding of layer layer is "full"',
    ],
    [
      "borders that are none",
      [input(2, 2, 1), layer("ZeroPadding2D", { padding: [1, -1] })],
      "padding of layer layer is [1,-1]",
    ],
    [
      "elements that don't fit",
      [input(6), layer("Reshape", { targetShape: [4, -1] })],
      "layer layer can't take [6]",
    ],
    [
      "two open lengths",
      [input(6), layer("Reshape", { targetShape: [-1, -1] })],
      "layer layer can't take [6]",
    ],
    [
      "a target that is no list",
      [input(6), layer("Reshape", { targetShape: 6 })],
      "targetShape of layer layer is 6",
    ],
    ["a sum of one", [input(6), layer("Add", {})], "can't take [6]. Give it two inputs or more"],
    [
      "a sum of unlike shapes",
      [input(6), { ...input(1), name: "b" }, layer("Add", {}, "input", "b")],
      "can't take [6] and [1]",
    ],
    [
      "unlike shapes joined",
      [input(6, 2), { ...input(5, 2), name: "b" }, layer("Concatenate", {}, "input", "b")],
      "can't take",
    ],
    ["examples joined", [input(6), layer("Concatenate", { axis: 0 }, "input", "input")], "can't take"],
    [
      "an axis that isn't there",
      [input(6), layer("Concatenate", { axis: 2 }, "input", "input")],
      "has no axis 2",
    ],
    [
      "an axis that is none",
      [input(6), layer("Concatenate", { axis: "x" }, "input", "input")],
      'axis of layer layer is "x"',
    ],
    [
      "an input that comes later",
      [layer("ReLU", {}), input(4)],
      "there is no layer input before its use in layer",
    ],
  ];
  for (const [what, nodes, message] of refusals) {
    it(`refuse ${what}`, () => {
      const graph: LayerGraph = { nodes, outputs: [] };
      expect(() => outputShapes(graph)).to.throw(LabError, message);
    });
  }
});
