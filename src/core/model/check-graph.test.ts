import { expect } from "chai";
import { LabError } from "../errors.js";
import { checkGraph } from "./check-graph.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

const input: LayerNode = { name: "in", kind: "InputLayer", config: {}, inputs: [], weights: [] };
const dense: LayerNode = {
  name: "fc",
  kind: "Dense",
  config: { units: 3 },
  inputs: ["in"],
  weights: [
    { shape: [2, 3], data: new Float32Array(6) },
    { shape: [3], data: new Float32Array(3) },
  ],
};
const graph = (nodes: readonly LayerNode[], outputs = ["fc"]): LayerGraph => ({ nodes, outputs });

describe("a graph's check", () => {
  it("takes a graph whose parts fit each other", () => {
    expect(() => checkGraph(graph([input, dense]))).not.to.throw();
  });

  const refusals: readonly (readonly [what: string, given: unknown, message: string])[] = [
    ["what is no graph", { layers: [] }, "the graph is an object of another kind. Take the model apart"],
    ["a promise of one", Promise.resolve(graph([input, dense])), "the graph is a Promise. Write await"],
    ["two layers of one name", graph([input, dense, dense]), "two layers have the name fc"],
    [
      "a name that every object has",
      graph([{ ...input, name: "constructor" }], []),
      "can't have the name constructor",
    ],
    [
      "a name that is none",
      graph([{ ...input, name: undefined as never }], []),
      "can't have the name undefined",
    ],
    ["an input that comes later", graph([dense, input]), "there is no layer in before its use in fc"],
    ["a layer without an input", graph([{ ...dense, inputs: [] }]), "layer fc has no input"],
    ["an output that is not there", graph([input], ["fc"]), "there is no layer fc, which is an output"],
    [
      "a kernel of other outputs, before memory is set aside for them",
      graph([input, { ...dense, config: { units: 1e9 } }]),
      "layer fc is to have 1000000000 outputs, but its kernel is [2, 3]",
    ],
    [
      "weights that are not as many as their shape says",
      graph([input, { ...dense, weights: [{ shape: [2, 3], data: new Float32Array(5) }] }]),
      "a weight of layer fc holds 6 elements, but there are 5",
    ],
  ];
  for (const [what, given, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(() => checkGraph(given as LayerGraph)).to.throw(LabError, message);
    });
  }
});
