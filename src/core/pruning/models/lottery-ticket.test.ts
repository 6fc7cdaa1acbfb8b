import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import { fromLayerGraph, toLayerGraph } from "../../model/index.js";
import { seeded } from "../../random.js";
import { chooseBackend, evaluate, fit } from "../../training/index.js";
import { initialize } from "../../zoo/initialize.js";
import { graphOf, options, perceptron, refusal, test, train } from "../fixtures/perceptron.js";
import { applyMasks, magnitudeMasks } from "../index.js";
import { type LotteryTicketOptions, lotteryTicket, maskedFit } from "./index.js";

describe("the lottery ticket", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const lottery = (more: Partial<LotteryTicketOptions> = {}): LotteryTicketOptions => ({
    test,
    fit: options(),
    rounds: 2,
    fraction: 0.5,
    ...more,
  });

  it("takes the initial weights back, under the masks of the trained ones", async () => {
    const graph = graphOf("ticket");
    const before = structuredClone(graph);
    const { ticket, masks, rounds, stopped } = await lotteryTicket(graph, train, lottery({ rounds: 1 }));
    expect(stopped).to.equal("finished");
    expect(rounds.map(({ remaining }) => remaining)).to.deep.equal([1, 0.5]);
    expect(ticket).to.deep.equal(applyMasks(graph, masks));
    const model = fromLayerGraph(graph);
    const rng = seeded("order");
    await fit(model, train, options({ rng }));
    expect(masks).to.deep.equal(magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 }));
    // The second round's accuracy is that of the ticket trained on, with the generator where it stands.
    const again = fromLayerGraph(ticket);
    await maskedFit(again, masks, train, options({ rng }));
    expect(rounds[1]?.accuracy).to.equal((await evaluate(again, test)).accuracy);
    expect(graph).to.deep.equal(before);
  });

  it("takes the weights back that it had after some epochs", async () => {
    const graph = graphOf("rewind");
    const { ticket, masks } = await lotteryTicket(graph, train, lottery({ rewindEpochs: 3 }));
    const model = fromLayerGraph(graph);
    await fit(model, train, options({ epochs: 3 }));
    expect(ticket.nodes.map(({ weights }) => weights)).to.deep.equal(
      applyMasks(toLayerGraph(model), masks).nodes.map(({ weights }) => weights),
    );
  });

  it("trains other initial weights with the same masks", async () => {
    const result = await lotteryTicket(graphOf("ticket"), train, lottery({ control: graphOf("other") }));
    const rng = seeded("order");
    const model = fromLayerGraph(graphOf("ticket"));
    await fit(model, train, options({ rng }));
    const control = fromLayerGraph(graphOf("other"));
    await fit(control, train, options({ rng }));
    expect(result.rounds[0]?.controlAccuracy).to.equal((await evaluate(control, test)).accuracy);
    expect(result.rounds.map(({ controlAccuracy }) => controlAccuracy))
      .to.have.length(3)
      .and.satisfy((all: unknown[]) => all.every((accuracy) => typeof accuracy === "number"));
  });

  it("leaves what the paper's figure says of LeNet-300-100", async function () {
    this.timeout(60000);
    // arXiv:1803.03635, Figures 3 and 4: 51.3, 21.1, 7.0, 3.6 and 1.9 % are left after 3, 7, 12, 15 and 18 rounds, in
    // which 20 % of the hidden layers' weights go and 10 % of the output layer's.
    const names = ["first", "second", "third"];
    const layers = [300, 100, 10].map((units, i) =>
      tf.layers.dense({ name: names[i]!, units, ...(i === 0 && { inputShape: [784] }) }),
    );
    const graph = toLayerGraph(initialize(tf.sequential({ layers }), seeded("LeNet")));
    const data = {
      inputs: { shape: [1, 784], data: new Float32Array(784).fill(0.5) },
      labels: Int32Array.of(0),
      classes: 10,
    };
    const { rounds } = await lotteryTicket(graph, data, {
      test: data,
      fit: { epochs: 1, rng: seeded("one"), optimizer: { kind: "sgd", learningRate: 1e-3 } },
      rounds: 18,
      fraction: { first: 0.2, second: 0.2, third: 0.1 },
    });
    const printed = [3, 7, 12, 15, 18].map((round) => (100 * rounds[round]!.remaining).toFixed(1));
    expect(printed).to.deep.equal(["51.3", "21.1", "7.0", "3.6", "1.9"]);
  });

  it("keeps the rounds that were finished when it is aborted, and no tensors", async () => {
    const graph = graphOf("abort");
    const before = tf.memory().numTensors;
    for (const at of [0, 1]) {
      const controller = new AbortController();
      const onProgress: LotteryTicketOptions["onProgress"] = ({ round }) => {
        if (round === at) controller.abort();
      };
      const aborted = await lotteryTicket(
        graph,
        train,
        lottery({ fit: options(), signal: controller.signal, onProgress }),
      );
      expect(aborted.stopped).to.equal("aborted");
      expect(aborted.rounds).to.have.length(at);
      expect(aborted.ticket).to.deep.equal(graph);
    }
    // The first four steps of an epoch, two epochs: the ninth is the control's.
    const during = new AbortController();
    let steps = 0;
    const onProgress: LotteryTicketOptions["onProgress"] = () => {
      if (++steps === 9) during.abort();
    };
    const control = await lotteryTicket(
      graph,
      train,
      lottery({ fit: options(), control: graph, signal: during.signal, onProgress }),
    );
    expect(control).to.deep.include({ rounds: [], stopped: "aborted" });
    const early = await lotteryTicket(
      graph,
      train,
      lottery({ rewindEpochs: 1, signal: AbortSignal.abort() }),
    );
    expect(early).to.deep.include({ ticket: graph, rounds: [], stopped: "aborted" });
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("ends all rounds where a callback says stop, while it trains ticket, control or what is taken back", async () => {
    const graph = graphOf("stop");
    /** Says stop in one of the trainings, counted from 0. */
    const stopped = async (at: number, more: Partial<LotteryTicketOptions>) => {
      let trainings = -1;
      const beforeEpoch = (epoch: number): void => {
        if (epoch === 1) trainings++;
      };
      const onEpoch = () => (trainings === at ? "stop" : undefined);
      const fit = options({ callbacks: { beforeEpoch, onEpoch } });
      return lotteryTicket(graph, train, lottery({ fit, ...more }));
    };
    const ticket = await stopped(1, {});
    expect(ticket.stopped).to.equal("callback");
    expect(ticket.rounds.map(({ remaining, fit }) => [remaining, fit.stopped])).to.deep.equal([
      [1, "finished"],
      [0.5, "callback"],
    ]);
    const control = await stopped(1, { control: graph });
    expect(control.stopped).to.equal("callback");
    expect(control.rounds).to.have.length(1);
    expect(control.rounds[0]).to.have.property("controlAccuracy");
    const before = await stopped(2, { control: graph });
    expect(before.rounds).to.have.length(2);
    expect(before.rounds[1]).not.to.have.property("controlAccuracy");
    expect(await stopped(0, { rewindEpochs: 2 })).to.deep.include({ stopped: "callback", rounds: [] });
  });

  it("refuses what makes no sense", async () => {
    const graph = graphOf("a");
    expect(await refusal(lotteryTicket(graph, train, lottery({ fraction: 1 })))).to.include(
      "fraction must be in [0, 1), got 1",
    );
    expect(await refusal(lotteryTicket(graph, train, lottery({ fraction: { last: -1 } })))).to.include(
      "fraction of layer last must be in [0, 1), got -1",
    );
    expect(await refusal(lotteryTicket(undefined as never, train, lottery()))).to.include(
      "the graph is undefined",
    );
    expect(await refusal(lotteryTicket(graph, train, lottery({ rounds: 0 })))).to.include(
      "rounds must be an integer 1 or more",
    );
    expect(await refusal(lotteryTicket(graph, train, lottery({ rewindEpochs: 0.5 })))).to.include(
      "rewindEpochs must be an integer",
    );
    const control = toLayerGraph(perceptron("wide", [2, 9, 4]));
    expect(await refusal(lotteryTicket(graph, train, lottery({ control })))).to.include(
      "layer hidden has a kernel [2, 9], but a mask [2, 8]",
    );
  });
});
