import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect } from "chai";
import fc from "fast-check";
import { countModel } from "../../model/count.js";
import { findLayer, withWeights } from "../../model/edit.js";
import { fromLayerGraph, type LayerGraph, type LayerNode, toLayerGraph } from "../../model/index.js";
import { outputShapes } from "../../model/shapes.js";
import { type Rng, seeded } from "../../random.js";
import type { Tensor } from "../../tensor.js";
import { residualCnn, teachingCnn } from "../../zoo/index.js";
import { apply, conv, image, samples } from "../fixtures/channel-models.js";
import { channelGroups, removeChannels } from "./index.js";

/** Small integers everywhere, and divisors that are powers of 2: float32 computes with them without rounding. */
function withIntegers(graph: LayerGraph, rng: Rng): LayerGraph {
  return graph.nodes.reduce((changed, { name, kind, weights }) => {
    const draw = ({ shape, data }: Tensor, i: number): Tensor => ({
      shape,
      data: data.map(() => (kind === "BatchNormalization" && i === 3 ? 3 : rng.integer(-1, 1))),
    });
    return weights.length === 0 ? changed : withWeights(changed, name, weights.map(draw));
  }, graph);
}

/** The graph whose given places along the last axis are 0 in the layer: kernel and bias, or gamma and beta. */
function zeroed(graph: LayerGraph, layer: string, places: readonly number[]): LayerGraph {
  const { kind, weights } = findLayer(graph, layer);
  // A depthwise kernel [h, w, in, multiplier] has its outputs' order, but keeps its numbers: zeros come in.
  const touched = ({ length }: readonly Tensor[]): number[] =>
    kind === "DepthwiseConv2D" ? [1] : kind === "BatchNormalization" ? [0, 1] : [...Array(length).keys()];
  const which = touched(weights);
  const changed = weights.map(({ shape, data }, i) => {
    const last = shape.at(-1)!;
    const values = which.includes(i) ? data.map((v, j) => (places.includes(j % last) ? 0 : v)) : data;
    return { shape, data: values };
  });
  return withWeights(graph, layer, changed);
}

function outputsOf(graph: LayerGraph, rng: Rng): number[][] {
  return tf.tidy(() => {
    const model = fromLayerGraph(graph);
    const inputs = model.inputs.map(({ shape }) => {
      const lengths = [3, ...shape.slice(1)] as number[];
      return tf.tensor(
        Array.from({ length: lengths.reduce((a, b) => a * b) }, () => rng.integer(-2, 2)),
        lengths,
      );
    });
    const outputs = [model.predict(inputs)].flat() as tf.Tensor[];
    const values = outputs.map((output) => [...output.dataSync()].map((v) => v + 0));
    model.dispose();
    return values;
  });
}

describe("the removal of channels", () => {
  before(async () => {
    await tf.setBackend("wasm");
  });

  for (const [name, { model, removable }] of Object.entries(samples)) {
    it(`leaves the outputs as they are where the channels were 0: ${name}`, () => {
      const built = model();
      const plain = toLayerGraph(built);
      built.dispose();
      const property = fc.property(
        fc.nat(),
        fc.nat({ max: removable.length - 1 }),
        fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 9 }),
        (seed, which, drawn) => {
          const { layers, channels: count, followers = [] } = removable[which]!;
          const channels = [...new Set(drawn.map((channel) => channel % count))].slice(0, count - 1);
          let graph = withIntegers(plain, seeded(`weights ${seed}`));
          for (const layer of layers) graph = zeroed(graph, layer, channels);
          for (const { layer, places } of followers) graph = zeroed(graph, layer, channels.flatMap(places));
          const named = layers[seed % layers.length]!;
          const smaller = removeChannels(graph, named, channels);
          expect(outputsOf(smaller, seeded(`input ${seed}`))).to.deep.equal(
            outputsOf(graph, seeded(`input ${seed}`)),
          );
          for (const layer of layers)
            expect(findLayer(smaller, layer).weights[0]?.shape.at(-1)).to.equal(count - channels.length);
          expect(countModel(smaller).parameters).to.be.below(countModel(graph).parameters);
        },
      );
      fc.assert(property, { numRuns: 20 });
    });
  }

  for (const [name, { model, removable }] of Object.entries(samples)) {
    it(`knows which layers shrink together: ${name}`, () => {
      const groups = channelGroups(toLayerGraph(model())).map(({ layers, units }) => ({
        layers: [...layers].sort(),
        channels: units.length,
      }));
      const wanted = removable.map(({ layers, channels }) => ({ layers: [...layers].sort(), channels }));
      expect(groups).to.have.deep.members(wanted);
    });
  }

  it("knows the blocks of the zoo's residual model", () => {
    const groups = channelGroups(toLayerGraph(residualCnn(seeded("blocks"))));
    expect(groups.map(({ layers, units }) => [units.length, ...layers])).to.have.deep.members([
      [16, "conv1", "block1_conv2"],
      [16, "block1_conv1"],
      [32, "block2_shortcut", "block2_conv2"],
      [32, "block2_conv1"],
    ]);
  });

  it("joins groups that a later layer ties", () => {
    const x = image();
    const [a, b, c] = [apply(conv("a", 2), x), apply(conv("b", 2), x), apply(conv("c", 2), x)];
    const ties = [b, a].map((other, i) =>
      apply(tf.layers.add(), apply(tf.layers.concatenate(), other, c), apply(conv(`tie${i}`, 4), x)),
    );
    // The first two outputs put a and b before c, which ties them.
    const outputs = [a, b, ...ties].map((end, i) => apply(conv(`out${i}`, 1), end));
    const [group, ...others] = channelGroups(toLayerGraph(tf.model({ inputs: x, outputs })));
    expect(others).to.deep.equal([]);
    expect(group?.layers).to.have.members(["a", "b", "c", "tie0", "tie1"]);
    expect(group?.units).to.have.deep.members([
      ...[0, 1].map((i) => [
        { layer: "a", channel: i },
        { layer: "tie1", channel: i },
      ]),
      ...[0, 1].map((i) => [
        { layer: "b", channel: i },
        { layer: "tie0", channel: i },
      ]),
      ...[0, 1].map((i) => [
        { layer: "c", channel: i },
        { layer: "tie0", channel: 2 + i },
        { layer: "tie1", channel: 2 + i },
      ]),
    ]);
  });

  it("leaves a length open that a reshape fills in, and changes one that it names", () => {
    const node = (
      name: string,
      kind: string,
      config: Record<string, unknown>,
      shapes: number[][] = [],
    ): LayerNode => ({
      name,
      kind,
      config,
      inputs: [],
      weights: shapes.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })),
    });
    const reshaped = (targetShape: (number | null)[]): unknown => {
      const nodes = [
        node("in", "InputLayer", { batchInputShape: [null, 2] }),
        node("a", "Dense", { units: 6 }, [[2, 6]]),
        node("shape", "Reshape", { targetShape }),
        node("out", "Dense", { units: 1 }, [[6, 1]]),
      ].map((layer, i, all) => ({
        ...layer,
        inputs: all.slice(Math.max(0, i - 1), i).map(({ name }) => name),
      }));
      const smaller = removeChannels({ nodes, outputs: ["out"] }, "a", [2, 3]);
      expect([...outputShapes(smaller).values()].slice(1)).to.deep.equal([[4], [1, 4], [1, 1]]);
      return findLayer(smaller, "shape").config.targetShape;
    };
    expect(reshaped([1, -1])).to.deep.equal([1, -1]);
    expect(reshaped([1, null])).to.deep.equal([1, null]);
    expect(reshaped([null, 6])).to.deep.equal([null, 4]);
    expect(reshaped([1, 6])).to.deep.equal([1, 4]);
  });

  it("takes parameters and multiplications away as the formula says", () => {
    const graph = toLayerGraph(teachingCnn(seeded("formula")));
    const [first, second, hidden] = graph.nodes
      .filter(({ weights }) => weights.length > 0)
      .map(({ name }) => name);
    const smaller = removeChannels(
      removeChannels(removeChannels(graph, first!, [0, 1]), second!, [31]),
      hidden!,
      [5, 6, 7],
    );
    const [a, b, c] = [14, 31, 61];
    const { parameters, macs } = countModel(smaller);
    expect(parameters).to.equal(9 * a + a + (9 * a * b + b) + (49 * b * c + c) + (10 * c + 10));
    expect(macs).to.equal(28 * 28 * 9 * a + 14 * 14 * 9 * a * b + 49 * b * c + 10 * c);
    const model = fromLayerGraph(smaller);
    expect(model.countParams()).to.equal(parameters);
  });

  it("keeps the numbers of the channels that stay, and leaves layers alone that aren't touched", () => {
    const graph = toLayerGraph(teachingCnn(seeded("kept")));
    const before = structuredClone(graph);
    const first = graph.nodes[1]!;
    const smaller = removeChannels(graph, first.name, [3]);
    const kept = [...first.weights[0]!.data].filter((_, i) => i % 16 !== 3);
    expect([...smaller.nodes[1]!.weights[0]!.data]).to.deep.equal(kept);
    expect(smaller.nodes.slice(4)).to.deep.equal(graph.nodes.slice(4));
    expect(smaller.nodes[7]).to.equal(graph.nodes[7]);
    expect(graph).to.deep.equal(before);
    expect(removeChannels(graph, first.name, []).nodes).to.deep.equal(graph.nodes);
  });
});
