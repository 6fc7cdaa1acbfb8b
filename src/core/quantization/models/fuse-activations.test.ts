import { expect } from "chai";
import type { LayerGraph, LayerNode } from "../../model/index.js";
import { fuseActivations } from "./fuse-activations.js";

const node = (
  name: string,
  kind: string,
  inputs: string[],
  config: Record<string, unknown> = {},
): LayerNode => ({ name, kind, config, inputs, weights: [] });

const input = node("in", "InputLayer", []);

describe("fusing activations", () => {
  const rectifiers: [LayerNode, string][] = [
    [node("relu", "ReLU", ["layer"]), "relu"],
    [node("relu", "ReLU", ["layer"], { maxValue: 6 }), "relu6"],
    [node("relu", "Activation", ["layer"], { activation: "relu" }), "relu"],
    [node("relu", "Activation", ["layer"], { activation: "relu6" }), "relu6"],
  ];
  for (const kind of ["Conv2D", "DepthwiseConv2D", "Dense"]) {
    for (const [rectifier, activation] of rectifiers) {
      it(`gives a ${kind} the ${activation} of the ${rectifier.kind} after it`, () => {
        const after = node("after", "Flatten", ["relu"]);
        const graph = { nodes: [input, node("layer", kind, ["in"]), rectifier, after], outputs: ["after"] };
        expect(fuseActivations(graph)).to.deep.equal({
          nodes: [input, node("layer", kind, ["in"], { activation }), { ...after, inputs: ["layer"] }],
          outputs: ["after"],
        });
      });
    }
  }

  const conv = node("layer", "Conv2D", ["in"]);
  const relu = node("relu", "ReLU", ["layer"]);
  const untouched: [string, LayerGraph][] = [
    [
      "a ReLU after an addition",
      { nodes: [input, node("layer", "Add", ["in", "in"]), relu], outputs: ["relu"] },
    ],
    [
      "a ReLU after a layer with an activation",
      { nodes: [input, node("layer", "Conv2D", ["in"], { activation: "tanh" }), relu], outputs: ["relu"] },
    ],
    [
      "a ReLU after a layer with a second consumer",
      { nodes: [input, conv, relu, node("sum", "Add", ["layer", "relu"])], outputs: ["sum"] },
    ],
    ["a ReLU after an output of the model", { nodes: [input, conv, relu], outputs: ["layer", "relu"] }],
    [
      "a ReLU with another limit",
      { nodes: [input, conv, node("relu", "ReLU", ["layer"], { maxValue: 1 })], outputs: ["relu"] },
    ],
    [
      "a sigmoid",
      { nodes: [input, conv, node("s", "Activation", ["layer"], { activation: "sigmoid" })], outputs: ["s"] },
    ],
  ];
  for (const [name, graph] of untouched) {
    it(`leaves alone ${name}`, () => {
      expect(fuseActivations(graph)).to.deep.equal(graph);
    });
  }
});
