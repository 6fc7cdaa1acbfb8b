import { expect } from "chai";
import { LabError } from "../errors.js";
import { consumersOf, findLayer, replaceNodes, withWeights } from "./edit.js";
import type { LayerGraph, LayerNode } from "./layer-graph.js";

const node = (name: string, ...inputs: string[]): LayerNode => ({
  name,
  kind: inputs.length === 0 ? "InputLayer" : inputs.length === 1 ? "ReLU" : "Add",
  config: { kept: name },
  inputs,
  weights: [],
});

/** in → a → sum (twice the same way: by b, and around it) */
const graph: LayerGraph = {
  nodes: [node("in"), node("a", "in"), node("b", "a"), node("sum", "a", "b")],
  outputs: ["sum", "b"],
};

const wiring = ({ nodes, outputs }: LayerGraph): string =>
  [...nodes.map(({ name, inputs }) => `${name}(${inputs})`), `-> ${outputs}`].join(" ");

describe("editing a layer graph", () => {
  it("finds who takes a layer's output", () => {
    expect(consumersOf(graph, "a").map(({ name }) => name)).to.deep.equal(["b", "sum"]);
    expect(consumersOf(graph, "sum")).to.deep.equal([]);
  });

  it("puts a chain in the place of a layer, and rewires consumers and outputs", () => {
    const chain = [node("x"), node("y"), node("z")];
    expect(wiring(replaceNodes(graph, "b", chain))).to.equal("in() a(in) x(a) y(x) z(y) sum(a,z) -> sum,z");
    expect(wiring(replaceNodes(graph, "sum", chain))).to.equal("in() a(in) b(a) x(a,b) y(x) z(y) -> z,b");
  });

  it("lets one layer of the chain keep the name", () => {
    expect(wiring(replaceNodes(graph, "a", [node("x"), node("a")]))).to.equal(
      "in() x(in) a(x) b(a) sum(a,b) -> sum,b",
    );
  });

  it("removes a layer that has one input", () => {
    expect(wiring(replaceNodes(graph, "b", []))).to.equal("in() a(in) sum(a,a) -> sum,a");
    expect(() => replaceNodes(graph, "sum", [])).to.throw(
      LabError,
      "layer sum with 2 inputs can't be removed",
    );
    expect(() => replaceNodes(graph, "in", [])).to.throw(LabError, "layer in with 0 inputs can't be removed");
  });

  it("refuses a name that stands twice or nowhere", () => {
    expect(() => replaceNodes(graph, "b", [node("a")])).to.throw(LabError, "two layers are named a");
    expect(() => replaceNodes(graph, "c", [])).to.throw(
      LabError,
      "there is no layer c. Name one of in, a, b, sum.",
    );
    expect(() => findLayer(graph, "c")).to.throw(LabError);
    expect(() => consumersOf(graph, "c")).to.throw(LabError);
    expect(() => withWeights(graph, "c", [])).to.throw(LabError);
  });

  it("changes weights and config of one layer, and leaves the others and the graph alone", () => {
    const before = structuredClone(graph);
    const weights = [{ shape: [1], data: Float32Array.of(2) }];
    const changed = withWeights(graph, "b", weights, { units: 1 });
    expect(findLayer(changed, "b")).to.deep.equal({
      ...findLayer(graph, "b"),
      weights,
      config: { kept: "b", units: 1 },
    });
    for (const name of ["in", "a", "sum"]) expect(findLayer(changed, name)).to.equal(findLayer(graph, name));
    replaceNodes(graph, "a", [node("x")]);
    expect(graph).to.deep.equal(before);
  });
});
