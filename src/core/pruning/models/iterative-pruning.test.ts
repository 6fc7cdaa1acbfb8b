import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { fromLayerGraph } from "../../model/index.js";
import { chooseBackend, evaluate } from "../../training/index.js";
import { graphOf, options, perceptron, refusal, test, train } from "../fixtures/perceptron.js";
import { kernelOf, type Mask, magnitudeMasks, sparsitySchedule } from "../index.js";
import { type IterativePruningOptions, iterativePruning } from "./index.js";

const removed = (mask: Mask | undefined): number[] =>
  [...(mask?.data ?? [])].flatMap((bit, i) => (bit === 0 ? [i] : []));

describe("iterative pruning", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const pruning = (more: Partial<IterativePruningOptions> = {}): IterativePruningOptions => ({
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
      train,
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
    const shorter = await iterativePruning(graph, train, pruning({ rounds: 2, fit: options() }));
    for (const [name, mask] of shorter.masks)
      expect(removed(result.masks.get(name))).to.include.members(removed(mask));
  });

  it("prunes each layer as far as it is told, and keeps what it removed of a layer that is told no more", async () => {
    const schedule = (round: number) => (round === 1 ? { hidden: 0.25 } : { last: 0.5 });
    const { masks, rounds } = await iterativePruning(
      graphOf("layers"),
      train,
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
      train,
      pruning({ schedule: () => 0.25, rounds: 2, fit: options({ callbacks: { afterStep } }) }),
    );
    expect(masks).to.deep.equal(magnitudeMasks(graph, { sparsity: 0.25 }));
  });

  it("gives the same for the same seeds, and keeps no tensors", async () => {
    const graph = graphOf("same");
    const before = tf.memory().numTensors;
    const first = await iterativePruning(graph, train, pruning({ scope: "global", fit: options() }));
    expect(await iterativePruning(graph, train, pruning({ scope: "global", fit: options() }))).to.deep.equal(
      first,
    );
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
      train,
      pruning({ fit: options(), signal: controller.signal, onProgress }),
    );
    const one = await iterativePruning(graphOf("abort"), train, pruning({ fit: options(), rounds: 1 }));
    expect(aborted.stopped).to.equal("aborted");
    expect(aborted.rounds).to.deep.equal(one.rounds);
    expect(aborted.graph.nodes.map(({ weights }) => weights)).to.deep.equal(
      one.graph.nodes.map(({ weights }) => weights),
    );
    expect(aborted.masks).to.deep.equal(one.masks);
  });

  it("ends all rounds where a callback says stop, and keeps the round that it ended", async () => {
    const callbacks = { onEpoch: () => "stop" };
    const shown: number[] = [];
    const { rounds, stopped, graph, masks } = await iterativePruning(
      graphOf("stop"),
      train,
      pruning({ fit: options({ callbacks }), onRound: ({ round }) => shown.push(round) }),
    );
    expect(stopped).to.equal("callback");
    expect(shown).to.deep.equal([1]);
    expect(rounds.map(({ fit: { stopped, epochs } }) => [stopped, epochs.length])).to.deep.equal([
      ["callback", 1],
    ]);
    for (const [name, mask] of masks) {
      expect(removed(mask)).to.have.length(0.25 * mask.data.length);
      for (const place of removed(mask)) expect(kernelOf(graph, name).data[place]).to.equal(0);
    }
  });

  it("refuses test data that the model can't take before it trains, and what is no graph and no schedule", async () => {
    let steps = 0;
    const fit = options({ callbacks: { afterStep: () => void steps++ } });
    const wide = {
      inputs: { shape: [1, 3], data: new Float32Array(3) },
      labels: Int32Array.of(0),
      classes: 4,
    };
    expect(await refusal(iterativePruning(graphOf("a"), train, pruning({ fit, test: wide })))).to.include(
      "the model takes [count, 2], got inputs [1, 3]",
    );
    expect(steps).to.equal(0);
    const model = perceptron("a") as never;
    expect(await refusal(iterativePruning(model, train, pruning()))).to.include("the graph is a Sequential");
    const schedule = { kind: "linear", final: 0.75, end: 3 } as never;
    expect(await refusal(iterativePruning(graphOf("a"), train, pruning({ schedule })))).to.include(
      "the schedule is an object of another kind. Give a function of the round",
    );
    expect(
      await refusal(iterativePruning(graphOf("a"), train, pruning({ scope: "all" as never }))),
    ).to.include('there is no scope "all"');
    expect(await refusal(iterativePruning(graphOf("a"), train, undefined as never))).to.include(
      "rounds must be an integer 1 or more, got undefined",
    );
  });

  it("refuses no rounds, and a sparsity of 1", async () => {
    expect(await refusal(iterativePruning(graphOf("a"), train, pruning({ rounds: 0 })))).to.include(
      "rounds must be an integer 1 or more",
    );
    expect(await refusal(iterativePruning(graphOf("a"), train, pruning({ schedule: () => 1 })))).to.include(
      "sparsity must be in [0, 1), got 1",
    );
  });
});
