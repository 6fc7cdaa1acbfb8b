import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import { LabError } from "../../errors.js";
import { withWeights } from "../../model/edit.js";
import { type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { residualCnn, teachingCnn } from "../../zoo/index.js";
import { apply, conv, dense } from "../fixtures/channel-models.js";
import { channelGroups, removeChannels } from "./index.js";

describe("the removal of channels refuses", () => {
  before(async () => {
    await tf.setBackend("wasm");
  });

  it("more channels than can be counted, and kernels with other channels than their layer says", () => {
    const graph = (kind: string, config: object, shapes: number[][] = [], input = [2, 2, 2]): LayerGraph => ({
      nodes: [
        {
          name: "in",
          kind: "InputLayer",
          config: { batchInputShape: [null, ...input] },
          inputs: [],
          weights: [],
        },
        {
          name: "last",
          kind,
          config: { kernelSize: 1, ...config },
          inputs: ["in"],
          weights: shapes.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })),
        },
      ],
      outputs: ["last"],
    });
    const refusals: [LayerGraph, string][] = [
      [graph("Conv2D", { filters: 1e9 }), "layer last gives 1000000000 channels"],
      [graph("DepthwiseConv2D", { depthMultiplier: 1e9 }), "layer last gives 2000000000 channels"],
      [graph("Flatten", {}, [], [1e5, 1e5, 1]), "layer last gives 10000000000 channels"],
      [graph("Dense", { units: 1 }, [], [1e9]), "layer in gives 1000000000 channels"],
      [
        graph("Conv2D", { filters: 3 }, [[1, 1, 2, 4]]),
        "layer last is to have 3 outputs, but its kernel is [1, 1, 2, 4]",
      ],
      [graph("Dense", { units: 4 }, [[2, 3]]), "layer last is to have 4 outputs, but its kernel is [2, 3]"],
    ];
    for (const [given, message] of refusals) {
      expect(() => channelGroups(given)).to.throw(LabError, message);
      if (given.nodes[1]!.kind === "Conv2D")
        expect(() => removeChannels(given, "last", [0])).to.throw(LabError, message);
    }
  });

  const cnn = (): LayerGraph => toLayerGraph(teachingCnn(seeded("bad")));
  const named = (graph: LayerGraph, kind: string): LayerNode =>
    graph.nodes.find((node) => node.kind === kind)!;
  const graphOf = (output: (x: tf.SymbolicTensor) => tf.SymbolicTensor): LayerGraph => {
    const x = tf.input({ shape: [4, 4, 4], name: "in" });
    return toLayerGraph(tf.model({ inputs: x, outputs: output(x) }));
  };
  const residualInput = () =>
    graphOf((x) => apply(conv("out", 2), apply(tf.layers.add(), x, apply(conv("a", 4), x))));
  const inputResidual = () =>
    graphOf((x) => apply(conv("out", 2), apply(tf.layers.add(), apply(conv("a", 4), x), x)));
  const besideFolded = () =>
    graphOf((x) => {
      const rows = apply(tf.layers.reshape({ name: "fold", targetShape: [2, 4, 8] }), apply(conv("a", 4), x));
      const sum = apply(
        tf.layers.add(),
        rows,
        apply(conv("b", 8), apply(tf.layers.maxPooling2d({ poolSize: [2, 1] }), x)),
      );
      return apply(conv("out", 2), sum);
    });
  const folded = () =>
    graphOf((x) =>
      apply(
        dense("out", 2),
        apply(tf.layers.reshape({ name: "fold", targetShape: [32, 2] }), apply(conv("a", 4), x)),
      ),
    );
  const rowNorm = () =>
    graphOf((x) =>
      apply(
        conv("out", 2),
        apply(tf.layers.batchNormalization({ name: "rows", axis: 1 }), apply(conv("a", 4), x)),
      ),
    );
  const refusals: [string, () => unknown, string][] = [
    [
      "the model's output",
      () => removeChannels(residualInput(), "out", [0]),
      "channel 0 of layer out can't be removed: layer out is an output of the model",
    ],
    [
      "what is added to the model's input",
      () => removeChannels(residualInput(), "a", [1]),
      "channel 1 of layer a can't be removed: layer in is an input of the model",
    ],
    [
      "what the model's input is added to",
      () => removeChannels(inputResidual(), "a", [1]),
      "layer in is an input of the model",
    ],
    [
      "what is added to a reshape that mixes channels",
      () => removeChannels(besideFolded(), "b", [0]),
      "layer fold (Reshape) can't follow",
    ],
    [
      "what goes through a reshape that mixes channels",
      () => removeChannels(folded(), "a", [0]),
      "layer fold (Reshape) can't follow",
    ],
    [
      "what goes through a normalization of rows",
      () => removeChannels(rowNorm(), "a", [0]),
      "layer rows (BatchNormalization) can't follow",
    ],
    [
      "a layer without channels of its own",
      () => removeChannels(cnn(), named(cnn(), "Flatten").name, [0]),
      "has no channels of its own",
    ],
    ["a layer that isn't there", () => removeChannels(cnn(), "nowhere", [0]), "there is no layer nowhere"],
    [
      "a channel that isn't there",
      () => removeChannels(folded(), "a", [4]),
      "a channel of layer a must be an integer from 0 to 3, got 4",
    ],
    [
      "what is flattened with its channels first",
      () => {
        const graph = graphOf((x) => {
          const flat = tf.layers.flatten({ name: "flat", dataFormat: "channelsFirst" });
          return apply(dense("out", 2), apply(flat, apply(conv("a", 4), x)));
        });
        return removeChannels(graph, "a", [2]);
      },
      'dataFormat of layer flat is "channelsFirst"',
    ],
    [
      "a tfjs model",
      () => removeChannels(residualCnn(seeded("a")) as never, "a", [0]),
      "the graph is a LayersModel",
    ],
    ["no graph", () => channelGroups(undefined as never), "the graph is undefined"],
    [
      "all channels",
      () => removeChannels(cnn(), named(cnn(), "Conv2D").name, [...Array(16).keys()]),
      "would be left without a channel",
    ],
    [
      "weights that don't fit",
      () => {
        const graph = cnn();
        const { name, weights } = named(graph, "Dense");
        const wrong = withWeights(graph, name, [{ shape: [1, 64], data: new Float32Array(64) }, weights[1]!]);
        return removeChannels(wrong, name, [0]);
      },
      "don't fit 1568 channels along axis 0",
    ],
  ];
  for (const [what, work, message] of refusals) {
    it(what, () => {
      expect(work).to.throw(LabError, message);
    });
  }
});
