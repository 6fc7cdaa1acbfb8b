import { readFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect } from "chai";
import type { Dataset } from "../../data/index.js";
import { LabError } from "../../errors.js";
import { findLayer, fromLayerGraph, type LayerGraph, toLayerGraph, withWeights } from "../../model/index.js";
import { seeded } from "../../random.js";
import { chooseBackend, evaluate, type FitOptions, fit } from "../../training/index.js";
import { initialize } from "../../zoo/initialize.js";
import { applyMasks, type Mask, type Masks, magnitudeMasks, sparsityOf, sparsitySchedule } from "../index.js";
import {
  type IterativePruningOptions,
  iterativePruning,
  kernelGradients,
  type LotteryTicketOptions,
  lotteryTicket,
  maskedFit,
} from "./index.js";

interface MaskedTraining {
  readonly kind: "sgd" | "momentum" | "adam";
  readonly inputs: number[];
  readonly labels: number[];
  readonly start: number[][];
  readonly masks: number[][];
  readonly trained: number[][];
}

const { maskedTraining } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../fixtures/pruning.json"), "utf8"),
) as { maskedTraining: MaskedTraining[] };

/** Points around the corners of a square, a class each. */
function corners(seed: string, count: number): Dataset {
  const rng = seeded(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  const at = (label: number) => [(label & 1) * 2 - 1, (label & 2) - 1].map((x) => x + rng.normal(0, 0.3));
  return {
    inputs: { shape: [count, 2], data: Float32Array.from([...labels].flatMap(at)) },
    labels,
    classes: 4,
  };
}

function perceptron(seed: string, sizes: readonly [number, number, number] = [2, 8, 4]): tf.Sequential {
  const [inputs, units, classes] = sizes;
  const layers = [
    tf.layers.dense({ name: "hidden", inputShape: [inputs], units, activation: "relu" }),
    tf.layers.dense({ name: "last", units: classes }),
  ];
  return initialize(tf.sequential({ layers }), seeded(seed));
}

function graphOf(seed: string): LayerGraph {
  const model = perceptron(seed);
  const graph = toLayerGraph(model);
  model.dispose();
  return graph;
}

const train = corners("train", 32);
const test = corners("test", 40);
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  epochs: 2,
  batchSize: 8,
  rng: seeded("order"),
  optimizer: { kind: "momentum", learningRate: 0.1 },
  ...more,
});
const kernelOf = (graph: LayerGraph, name: string): Float32Array => findLayer(graph, name).weights[0]!.data;
const removed = (mask: Mask | undefined): number[] =>
  [...(mask?.data ?? [])].flatMap((bit, i) => (bit === 0 ? [i] : []));

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown) => thrown);
  expect(error).to.be.instanceOf(LabError);
  return (error as LabError).message;
}

describe("training with masks", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  for (const { kind, inputs, labels, start, masks, trained } of maskedTraining) {
    it(`changes the weights that stay as PyTorch does, and no others: ${kind}`, async () => {
      const names = ["hidden", "last"];
      const model = perceptron("any", [4, 6, 3]);
      let graph = toLayerGraph(model);
      names.forEach((name, i) => {
        const [kernel, bias] = findLayer(graph, name).weights;
        graph = withWeights(graph, name, [
          { shape: kernel!.shape, data: Float32Array.from(start[i]!) },
          bias!,
        ]);
      });
      const built = fromLayerGraph(graph);
      const shaped = names.map((name, i): [string, Mask] => [
        name,
        { shape: findLayer(graph, name).weights[0]!.shape, data: Uint8Array.from(masks[i]!) },
      ]);
      const data = {
        inputs: { shape: [8, 4], data: Float32Array.from(inputs) },
        labels: Int32Array.from(labels),
        classes: 3,
      };
      const optimizer = kind === "adam" ? { kind, learningRate: 0.01 } : { kind, learningRate: 0.1 };
      await maskedFit(built, new Map(shaped), data, options({ epochs: 6, optimizer }));
      const after = toLayerGraph(built);
      names.forEach((name, i) => {
        kernelOf(after, name).forEach((w, j) => {
          if (masks[i]![j] === 0) expect(w).to.equal(0);
          // Half of the fixture's last digit, and the float32 rounding of six steps with sums of up to 8 products
          // of numbers below 1: 6·8·2^-24 = 3e-6.
          else expect(w).to.be.closeTo(trained[i]![j]!, 0.5e-5 + 3e-6);
        });
      });
    });
  }

  for (const kind of ["adam", "momentum"] as const) {
    it(`keeps what is removed at 0 after every step, whatever ${kind} remembers`, async () => {
      const model = perceptron("masked");
      const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 });
      const seen: number[] = [];
      const afterStep = (trained: tf.LayersModel): void => {
        const graph = toLayerGraph(trained);
        seen.push(...[...masks].map(([name]) => sparsityOf(findLayer(graph, name).weights[0]!)));
      };
      await maskedFit(
        model,
        masks,
        train,
        options({ optimizer: { kind, learningRate: 0.1 }, callbacks: { afterStep } }),
      );
      expect(seen).to.deep.equal(new Array(2 * 8).fill(0.5));
    });
  }

  it("removes again what a callback brings back", async () => {
    const model = perceptron("back");
    const masks = magnitudeMasks(toLayerGraph(model), { sparsity: 0.5 });
    const afterStep = (trained: tf.LayersModel): void => {
      tf.tidy(() => trained.setWeights(trained.getWeights().map((w) => tf.onesLike(w))));
    };
    await maskedFit(model, masks, train, options({ callbacks: { afterStep } }));
    expect(sparsityOf(findLayer(toLayerGraph(model), "hidden").weights[0]!)).to.equal(0.5);
  });

  it("is plain training without masks, and keeps no tensors", async () => {
    const [plain, masked] = [perceptron("plain"), perceptron("plain")];
    const before = tf.memory().numTensors;
    const results = [
      await fit(plain, train, options()),
      await maskedFit(masked, new Map(), train, options()),
    ];
    expect(results[1]).to.deep.equal(results[0]);
    expect(toLayerGraph(masked).nodes.map(({ weights }) => weights)).to.deep.equal(
      toLayerGraph(plain).nodes.map(({ weights }) => weights),
    );
    await maskedFit(masked, magnitudeMasks(toLayerGraph(masked), { sparsity: 0.5 }), train, options());
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("ends when a callback says so", async () => {
    const callbacks = { afterStep: () => "stop" };
    const result = await maskedFit(perceptron("stop"), new Map(), train, options({ callbacks }));
    expect(result).to.include({ stopped: "callback", steps: 1 });
  });

  it("refuses masks that don't fit the model", async () => {
    const model = perceptron("refuse");
    const mask = (...data: number[]): Masks =>
      new Map([["hidden", { shape: [data.length], data: Uint8Array.from(data) }]]);
    expect(await refusal(maskedFit(model, mask(1), train, options()))).to.include(
      "layer hidden has a kernel [2, 8], but a mask [1]",
    );
    expect(await refusal(maskedFit(model, mask(2), train, options()))).to.include("the mask is 2 at index 0");
    const nowhere = new Map([["nowhere", { shape: [1], data: Uint8Array.of(1) }]]);
    expect(await refusal(maskedFit(model, nowhere, train, options()))).to.include(
      "layer nowhere has no kernel",
    );
  });
});

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
    const gone: Masks[] = [];
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
      gone.push(new Map([[name, mask]]));
      expect(removed(mask)).to.have.length(0.75 * mask.data.length);
      for (const place of removed(mask)) expect(kernelOf(result.graph, name)[place]).to.equal(0);
    }
    const model = fromLayerGraph(result.graph);
    expect(result.rounds.at(-1)?.accuracy).to.equal((await evaluate(model, test)).accuracy);
    expect(graph).to.deep.equal(before);
    const shorter = await iterativePruning(graph, pruning({ rounds: 2, fit: options() }));
    for (const [name, mask] of shorter.masks)
      expect(removed(result.masks.get(name))).to.include.members(removed(mask));
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

describe("the lottery ticket", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  const lottery = (more: Partial<LotteryTicketOptions> = {}): LotteryTicketOptions => ({
    train,
    test,
    fit: options(),
    rounds: 2,
    fraction: 0.5,
    ...more,
  });

  it("takes the initial weights back, under the masks of the trained ones", async () => {
    const graph = graphOf("ticket");
    const before = structuredClone(graph);
    const { ticket, masks, rounds, stopped } = await lotteryTicket(graph, lottery({ rounds: 1 }));
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
    const { ticket, masks } = await lotteryTicket(graph, lottery({ rewindEpochs: 3 }));
    const model = fromLayerGraph(graph);
    await fit(model, train, options({ epochs: 3 }));
    expect(ticket.nodes.map(({ weights }) => weights)).to.deep.equal(
      applyMasks(toLayerGraph(model), masks).nodes.map(({ weights }) => weights),
    );
  });

  it("trains other initial weights with the same masks", async () => {
    const result = await lotteryTicket(graphOf("ticket"), lottery({ control: graphOf("other") }));
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
    const { rounds } = await lotteryTicket(graph, {
      train: data,
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
        lottery({ fit: options(), signal: controller.signal, onProgress }),
      );
      expect(aborted.stopped).to.equal("aborted");
      expect(aborted.rounds).to.have.length(at);
      expect(aborted.ticket).to.deep.equal(graph);
    }
    const early = await lotteryTicket(graph, lottery({ rewindEpochs: 1, signal: AbortSignal.abort() }));
    expect(early).to.deep.include({ ticket: graph, rounds: [], stopped: "aborted" });
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("refuses what makes no sense", async () => {
    const graph = graphOf("a");
    expect(await refusal(lotteryTicket(graph, lottery({ fraction: 1 })))).to.include(
      "sparsity must be in [0, 1), got 1",
    );
    expect(await refusal(lotteryTicket(graph, lottery({ fraction: { last: -1 } })))).to.include("got -1");
    expect(await refusal(lotteryTicket(graph, lottery({ rounds: 0 })))).to.include(
      "rounds must be an integer 1 or more",
    );
    expect(await refusal(lotteryTicket(graph, lottery({ rewindEpochs: 0.5 })))).to.include(
      "rewindEpochs must be an integer",
    );
    const control = toLayerGraph(perceptron("wide", [2, 9, 4]));
    expect(await refusal(lotteryTicket(graph, lottery({ control })))).to.include(
      "layer hidden has a kernel [2, 9], but a mask [2, 8]",
    );
  });
});

describe("the gradients of kernels", () => {
  before(() => chooseBackend({ backend: "wasm" }));

  /** Of one dense layer: ∂L/∂W = Xᵀ(softmax(XW + b) - Y) / count, in float64. */
  function closedForm(graph: LayerGraph, { inputs, labels, classes }: Dataset): number[] {
    const [kernel, bias] = findLayer(graph, "only").weights;
    const gradient = new Array<number>(2 * classes).fill(0);
    labels.forEach((label, row) => {
      const x = [...inputs.data.subarray(2 * row, 2 * row + 2)];
      const z = Array.from(
        { length: classes },
        (_, j) => bias!.data[j]! + x[0]! * kernel!.data[j]! + x[1]! * kernel!.data[classes + j]!,
      );
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      z.forEach((value, j) => {
        const error = Math.exp(value) / sum - (j === label ? 1 : 0);
        gradient[j]! += (x[0]! * error) / labels.length;
        gradient[classes + j]! += (x[1]! * error) / labels.length;
      });
    });
    return gradient;
  }

  it("are those of the closed form, in whatever batches, also of a frozen layer", async () => {
    for (const trainable of [true, false]) {
      const layers = [tf.layers.dense({ name: "only", inputShape: [2], units: 4, trainable })];
      const graph = toLayerGraph(initialize(tf.sequential({ layers }), seeded("closed")));
      for (const batchSize of [5, 32, 100]) {
        const gradients = await kernelGradients(graph, train, { batchSize });
        const wanted = closedForm(graph, train);
        expect([...gradients.keys()]).to.deep.equal(["only"]);
        // A mean of 32 terms below 4, each rounded a few times in float32: 32·4·2^-24 / 8 = 1e-6.
        gradients.get("only")!.data.forEach((g, i) => {
          expect(g).to.be.closeTo(wanted[i]!, 1e-6);
        });
      }
    }
  });

  it("leave no tensors behind", async () => {
    const graph = graphOf("leak");
    const before = tf.memory().numTensors;
    await kernelGradients(graph, train);
    expect(tf.memory().numTensors).to.equal(before);
  });

  it("refuse data that are none", async () => {
    const empty = {
      inputs: { shape: [0, 2], data: new Float32Array() },
      labels: new Int32Array(),
      classes: 4,
    };
    expect(await refusal(kernelGradients(graphOf("a"), empty))).to.include(
      "the data set has 0 inputs and 0 labels",
    );
    expect(await refusal(kernelGradients(graphOf("a"), train, { batchSize: 0 }))).to.include(
      "batchSize must be an integer",
    );
  });
});
