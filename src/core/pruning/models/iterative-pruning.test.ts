import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { fromLayerGraph } from "../../model/index.js";
import { chooseBackend, evaluate } from "../../training/index.js";
import { graphOf, options, refusal, test, train } from "../fixtures/perceptron.js";
import { kernelOf, type Mask, magnitudeMasks, sparsitySchedule } from "../index.js";
import { type IterativePruningOptions, iterativePruning } from "./index.js";

const removed = (mask: Mask | undefined): number[] =>
  [...(mask?.data ?? [])].flatMap((bit, i) => (bit === 0 ? [i] : []));

describe("iterative pruning", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const pruning = (more: Partial<IterativePruningOptions> = {}): IterativePruningOptions => ({
    train,
    test,
    fit: options(),
    rounds: 3,
    schedule: sparsitySchedule({ kind: "linear", final: 0.75, end: 3 }),
    ...more,
  });

  it("reaches each round's sparsity, and what is removed stays removed", async () => {
    const graph = graphOf("iterative");
    const before = structuredClone(graph);
    const seen: number[] = [];
    const shown: number[] = [];
    const result = await iterativePruning(
      graph,
      pruning({
        onRound: ({ round, sparsity, fit: { stopped } }) => {
          expect(stopped).to.equal("finished");
          seen.push(round, sparsity);
        },
        onProgress: ({ round, rounds }) => shown.push(round / rounds),
      }),
    );
    expect(seen).to.deep.equal([1, 0.25, 2, 0.5, 3, 0.75]);
    expect(new Set(shown)).to.deep.equal(new Set([1 / 3, 2 / 3, 1]));
    expect(result.stopped).to.equal("finished");
    for (const [name, mask] of result.masks) {
      expect(removed(mask)).to.have.length(0.75 * mask.data.length);
      for (const place of removed(mask)) expect(kernelOf(result.graph, name).data[place]).to.equal(0);
    }
    const model = fromLayerGraph(result.graph);
    expect(result.rounds.at(-1)?.accuracy).to.equal((await evaluate(model, test)).accuracy);
    expect(graph).to.deep.equal(before);
    const shorter = await iterativePruning(graph, pruning({ rounds: 2, fit: options() }));
    for (const [name, mask] of shorter.masks)
      expect(removed(result.masks.get(name))).to.include.members(removed(mask));
  });

  it("prunes each layer as far as it is told, and keeps what it removed of a layer that is told no more", async () => {
    const schedule = (round: number) => (round === 1 ? { hidden: 0.25 } : { last: 0.5 });
    const { masks, rounds } = await iterativePruning(
      graphOf("layers"),
      pruning({ rounds: 2, schedule, fit: options() }),
    );
    expect([...masks].map(([name, mask]) => [name, removed(mask).length])).to.deep.equal([
      ["hidden", 4],
      ["last", 16],
    ]);
    expect(rounds.map(({ sparsity }) => sparsity)).to.deep.equal([4 / 48, 20 / 48]);
  });

  it("brings nothing back where other weights have become 0", async () => {
    const afterStep = (model: tf.LayersModel): void => {
      tf.tidy(() => model.setWeights(model.getWeights().map((w) => tf.zerosLike(w))));
    };
    const graph = graphOf("zeros");
    const { masks } = await iterativePruning(
      graph,
      pruning({ schedule: () => 0.25, rounds: 2, fit: options({ callbacks: { afterStep } }) }),
    );
    expect(masks).to.deep.equal(magnitudeMasks(graph, { sparsity: 0.25 }));
  });

  it("gives the same for the same seeds, and keeps no tensors", async () => {
    const graph = graphOf("same");
    const before = tf.memory().numTensors;
    const first = await iterativePruning(graph, pruning({ scope: "global", fit: options() }));
    expect(await iterativePruning(graph, pruning({ scope: "global", fit: options() }))).to.deep.equal(first);
    expect(tf.memory().numTensors).to.equal(before);
    const total = [...first.masks.values()].reduce((sum, mask) => sum + removed(mask).length, 0);
    expect(total).to.equal(0.75 * (2 * 8 + 8 * 4));
  });

  it("keeps the rounds that were finished when it is aborted", async () => {
    const controller = new AbortController();
    const onProgress: IterativePruningOptions["onProgress"] = ({ round, step }) => {
      if (round === 2 && step === 3) controller.abort();
    };
    const aborted = await iterativePruning(
      graphOf("abort"),
      pruning({ fit: options(), signal: controller.signal, onProgress }),
    );
    const one = await iterativePruning(graphOf("abort"), pruning({ fit: options(), rounds: 1 }));
    expect(aborted.stopped).to.equal("aborted");
    expect(aborted.rounds).to.deep.equal(one.rounds);
    expect(aborted.graph.nodes.map(({ weights }) => weights)).to.deep.equal(
      one.graph.nodes.map(({ weights }) => weights),
    );
    expect(aborted.masks).to.deep.equal(one.masks);
  });

  it("refuses no rounds, and a sparsity of 1", async () => {
    expect(await refusal(iterativePruning(graphOf("a"), pruning({ rounds: 0 })))).to.include(
      "rounds must be an integer 1 or more",
    );
    expect(await refusal(iterativePruning(graphOf("a"), pruning({ schedule: () => 1 })))).to.include(
      "sparsity must be in [0, 1), got 1",
    );
  });
});
