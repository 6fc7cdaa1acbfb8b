import { expect } from "chai";
import { LabError } from "../errors.js";
import type { LayerGraph } from "../model/layer-graph.js";
import {
  applyMasks,
  layersWithKernels,
  type Mask,
  magnitudeMasks,
  maskedSparsity,
  type SensitivityOptions,
  sensitivityScan,
} from "./index.js";

/** in → a [2, 2] → relu → b [2, 1], with biases that have to stay. */
const graph: LayerGraph = {
  nodes: [
    { name: "in", kind: "InputLayer", config: { batchInputShape: [null, 2] }, inputs: [], weights: [] },
    {
      name: "a",
      kind: "Dense",
      config: { units: 2 },
      inputs: ["in"],
      weights: [
        { shape: [2, 2], data: Float32Array.of(1, -2, 0, 8) },
        { shape: [2], data: Float32Array.of(0.1, 0.2) },
      ],
    },
    { name: "relu", kind: "ReLU", config: {}, inputs: ["a"], weights: [] },
    {
      name: "b",
      kind: "Dense",
      config: { units: 1, useBias: false },
      inputs: ["relu"],
      weights: [{ shape: [2, 1], data: Float32Array.of(4, -3) }],
    },
  ],
  outputs: ["b"],
};

const kernel = ({ nodes }: LayerGraph, name: string): number[] => [
  ...nodes.find((node) => node.name === name)!.weights[0]!.data,
];
const bits = (masks: ReadonlyMap<string, Mask>) =>
  Object.fromEntries([...masks].map(([name, { data }]) => [name, [...data]]));

describe("masks of a model", () => {
  it("remove the same part of each layer, or that of all together", () => {
    expect(bits(magnitudeMasks(graph, { sparsity: 0.5 }))).to.deep.equal({ a: [0, 1, 0, 1], b: [1, 0] });
    expect(bits(magnitudeMasks(graph, { sparsity: 0.5, scope: "global" }))).to.deep.equal({
      a: [0, 0, 0, 1],
      b: [1, 1],
    });
  });

  it("remove of each layer what is asked for it, and nothing of others", () => {
    expect(bits(magnitudeMasks(graph, { sparsity: { b: 0.5 } }))).to.deep.equal({ b: [1, 0] });
  });

  it("remove again what was removed before, rather than a weight that happens to be 0", () => {
    const previous = new Map([["a", { shape: [2, 2], data: Uint8Array.of(1, 1, 1, 0) }]]);
    expect(bits(magnitudeMasks(graph, { sparsity: { a: 0.25 }, previous }))).to.deep.equal({
      a: [1, 1, 1, 0],
    });
    expect(bits(magnitudeMasks(graph, { sparsity: { a: 0.5 }, previous }))).to.deep.equal({
      a: [1, 1, 0, 0],
    });
    const less = magnitudeMasks(graph, { sparsity: { a: 0 }, previous });
    expect(bits(less)).to.deep.equal({ a: [1, 1, 1, 0] });
    expect(bits(magnitudeMasks(graph, { sparsity: 0.5, scope: "global", previous }))).to.deep.equal({
      a: [0, 1, 0, 0],
      b: [1, 1],
    });
  });

  it("change the kernels that they are for, and leave biases, other layers and the graph alone", () => {
    const before = structuredClone(graph);
    const pruned = applyMasks(graph, magnitudeMasks(graph, { sparsity: { a: 0.5 } }));
    expect(kernel(pruned, "a")).to.deep.equal([0, -2, 0, 8]);
    expect(pruned.nodes[1]?.weights[1]).to.equal(graph.nodes[1]?.weights[1]);
    expect(pruned.nodes[3]).to.equal(graph.nodes[3]);
    expect(graph).to.deep.equal(before);
    expect(applyMasks(graph, new Map())).to.deep.equal(graph);
  });

  it("remove a part of all kernels together, which counts layers without a mask", () => {
    expect(maskedSparsity(graph, magnitudeMasks(graph, { sparsity: { a: 0.5 } }))).to.equal(2 / 6);
    expect(maskedSparsity(graph, new Map())).to.equal(0);
    expect(() => maskedSparsity({ nodes: [], outputs: [] }, new Map())).to.throw(LabError, "no elements");
  });

  it("are for layers with kernels", () => {
    expect(layersWithKernels(graph)).to.deep.equal(["a", "b"]);
    const mask = { shape: [2], data: Uint8Array.of(1, 1) };
    expect(() => magnitudeMasks(graph, { sparsity: { relu: 0.5 } })).to.throw(
      LabError,
      "layer relu (ReLU) has no kernel. Name some of a, b.",
    );
    expect(() => magnitudeMasks(graph, { sparsity: { c: 0.5 } })).to.throw(LabError, "there is no layer c");
    expect(() => applyMasks(graph, new Map([["in", mask]]))).to.throw(
      LabError,
      "layer in has no kernel, but a mask [2]",
    );
    expect(() => applyMasks(graph, new Map([["a", mask]]))).to.throw(
      LabError,
      "layer a has a kernel [2, 2], but a mask [2]. Make the masks from this model",
    );
  });

  it("are of this model: others are refused by all that takes masks", () => {
    const longer = { shape: [3, 20], data: new Uint8Array(60) };
    const wrong: [ReadonlyMap<string, Mask>, string][] = [
      [new Map([["a", longer]]), "layer a has a kernel [2, 2], but a mask [3, 20]"],
      [new Map([["dense1", longer]]), "layer dense1 has no kernel, but a mask [3, 20]"],
      [new Map([["a", { shape: [2, 2], data: Uint8Array.of(1, 0, 2, 0) }]]), "the mask is 2 at index 2"],
      [{ a: longer } as never, "the list of masks is an object of another kind"],
    ];
    for (const [masks, message] of wrong) {
      expect(() => maskedSparsity(graph, masks)).to.throw(LabError, message);
      expect(() => applyMasks(graph, masks)).to.throw(LabError, message);
      expect(() => magnitudeMasks(graph, { sparsity: 0.5, previous: masks })).to.throw(LabError, message);
    }
    expect(() => applyMasks(graph, undefined as never)).to.throw(LabError, "the list of masks is undefined");
  });

  it("refuse what is no graph, no options and no scope", () => {
    expect(() => magnitudeMasks(undefined as never, { sparsity: 0.5 })).to.throw(
      LabError,
      "the graph is undefined. Take the model apart with toLayerGraph.",
    );
    expect(() => applyMasks({} as never, new Map())).to.throw(LabError, "the graph is");
    for (const other of [undefined, 0.5, {}]) {
      expect(() => magnitudeMasks(graph, other as never)).to.throw(
        LabError,
        "sparsity must be in [0, 1), got undefined",
      );
    }
    expect(() => magnitudeMasks(graph, { sparsity: 0.5, scope: "layers" as never })).to.throw(
      LabError,
      'there is no scope "layers". Use "layer" or "global".',
    );
  });

  it("refuse sparsities by layer for all layers together, and those outside of [0, 1)", () => {
    expect(() => magnitudeMasks(graph, { sparsity: { a: 0.5 }, scope: "global" })).to.throw(
      LabError,
      "all layers together have one sparsity",
    );
    expect(() => magnitudeMasks(graph, { sparsity: 1 })).to.throw(
      LabError,
      "sparsity must be in [0, 1), got 1",
    );
    expect(() => magnitudeMasks(graph, { sparsity: { a: 0.5, b: 1.5 } })).to.throw(
      LabError,
      "sparsity of layer b must be in [0, 1), got 1.5",
    );
  });
});

describe("a scan of sensitivities", () => {
  /** How much of the kernels is left, by magnitude. */
  const evaluate = (model: LayerGraph): number =>
    [...kernel(model, "a"), ...kernel(model, "b")].reduce((sum, w) => sum + Math.abs(w), 0);
  const options: SensitivityOptions = { evaluate, sparsities: [0.5, 0.75] };

  it("prunes one layer at a time, from the model as it is", async () => {
    const shown: unknown[] = [];
    const onRow: SensitivityOptions["onRow"] = (row, at) => shown.push({ ...row, ...at });
    const { baseline, rows, stopped } = await sensitivityScan(graph, { ...options, onRow });
    expect(baseline).to.equal(18);
    expect(stopped).to.equal("finished");
    // 0.75 of two is 1.5: both go.
    const wanted = [
      ["a", 0.5, 17],
      ["a", 0.75, 15],
      ["b", 0.5, 15],
      ["b", 0.75, 11],
    ];
    expect(rows.map(({ layer, sparsity, score }) => [layer, sparsity, score])).to.deep.equal(wanted);
    expect(shown).to.deep.equal(rows.map((row, i) => ({ ...row, done: i + 1, of: 4 })));
  });

  it("prunes the layers, and in the way, that it is told", async () => {
    const asked: unknown[] = [];
    const prune: SensitivityOptions["prune"] = (model, layer, sparsity) => {
      asked.push([layer, sparsity]);
      return { ...model, nodes: graph.nodes };
    };
    const { rows } = await sensitivityScan(graph, { ...options, layers: ["b"], prune });
    expect(asked).to.deep.equal([
      ["b", 0.5],
      ["b", 0.75],
    ]);
    expect(rows.map(({ score }) => score)).to.deep.equal([18, 18]);
  });

  it("ends where it is told, and gives back what it has", async () => {
    const controller = new AbortController();
    const { rows, stopped } = await sensitivityScan(graph, {
      ...options,
      signal: controller.signal,
      onRow: () => controller.abort(),
    });
    expect(stopped).to.equal("aborted");
    expect(rows).to.have.length(1);
  });

  const refusals: [string, Partial<SensitivityOptions>, string][] = [
    ["no sparsities", { sparsities: [] }, "the list of sparsities has no elements"],
    ["a sparsity of 1", { sparsities: [0.5, 1] }, "sparsity must be in [0, 1), got 1"],
    ["a layer without a kernel", { layers: ["relu"] }, "layer relu (ReLU) has no kernel"],
    ["no score", { evaluate: (() => undefined) as never }, "evaluate returned undefined"],
    ["a score that is NaN", { evaluate: async () => Number.NaN }, "evaluate returned NaN"],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const error: unknown = await sensitivityScan(graph, { ...options, ...change }).catch(
        (thrown) => thrown,
      );
      expect(error).to.be.instanceOf(LabError);
      expect((error as LabError).message).to.include(message);
    });
  }
});
