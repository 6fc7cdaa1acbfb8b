import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Dataset, glyphs } from "../src/core/data/index.js";
import { seeded } from "../src/core/random.js";
import { uniformTensor } from "../src/core/tensor.js";
import { chooseBackend, fit } from "../src/core/training/index.js";
import { teachingCnn } from "../src/core/zoo/index.js";
import { median } from "./interleaved.js";
import type { Figure } from "./report.js";

const stepsARound = 20;

/** A training step of the teaching CNN beside PyTorch's, and how soon it knows the glyphs. */
export async function training(rounds: number): Promise<Figure[]> {
  return [await step(rounds), await glyphsLearned()];
}

/** Batches of 64 through the teaching CNN with Adam: on wasm and in PyTorch by turns, one thread each. */
async function step(rounds: number): Promise<Figure> {
  await chooseBackend({ backend: "wasm" });
  const torch = openTorch();
  const [ours, theirs]: [number[], number[]] = [[], []];
  try {
    for (let round = -1; round < rounds; round++) {
      const [oursMs, theirsMs] = [await wasmStepMs(), await torch?.stepMs()];
      if (round < 0) continue;
      ours.push(oursMs);
      if (theirsMs !== undefined) theirs.push(theirsMs);
    }
  } finally {
    torch?.close();
  }
  const goal = { what: "a training step of the teaching CNN, batch 64", goal: "≤ 7 × torch" };
  const oursMs = middle(ours);
  if (theirs.length === 0) {
    return { ...goal, measured: `${oursMs.toFixed(1)} ms; no Python with torch here`, met: undefined };
  }
  const ratio = oursMs / middle(theirs);
  const measured = `${oursMs.toFixed(1)} ms = ${ratio.toFixed(1)} × torch (${middle(theirs).toFixed(1)} ms)`;
  return { ...goal, measured, met: ratio <= 7 };
}

/** The median step of an epoch, from batch to changed weights. */
async function wasmStepMs(): Promise<number> {
  const count = 64 * stepsARound;
  const data: Dataset = {
    inputs: uniformTensor(seeded("images"), [count, 28, 28, 1], 0, 1),
    labels: seeded("labels")
      .permutation(count)
      .map((place) => place % 10),
    classes: 10,
  };
  const model = teachingCnn(seeded("weights"));
  const times: number[] = [];
  let last = 0;
  const now = (): void => {
    const time = performance.now();
    times.push(time - last);
    last = time;
  };
  const callbacks = { beforeEpoch: now, afterStep: now };
  await fit(model, data, { epochs: 1, rng: seeded("order"), callbacks });
  model.dispose();
  return middle(times.slice(1));
}

interface Torch {
  readonly stepMs: () => Promise<number>;
  readonly close: () => void;
}

/** A process that trains the same model in PyTorch when told to; undefined where there is none. */
function openTorch(): Torch | undefined {
  const python = pythonWithTorch();
  if (!python) return undefined;
  const script = join(import.meta.dirname, "training-torch.py");
  const process: ChildProcess = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]();
  return {
    stepMs: async () => {
      process.stdin!.write(`${stepsARound}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("training-torch.py ended early");
      return Number(value);
    },
    close: () => process.stdin!.end(),
  };
}

function pythonWithTorch(): string | undefined {
  const own = resolve(import.meta.dirname, "../.peers/oracles/bin/python");
  const candidates = [process.env.EDGELAB_PYTHON, existsSync(own) ? own : undefined, "python3"];
  return candidates.find((python) => python && spawnSync(python, ["-c", "import torch"]).status === 0);
}

/** Trains on 6,000 easy glyphs until 97 % of 1,000 others are recognized. */
async function glyphsLearned(): Promise<Figure> {
  const data = glyphs({ count: 6000, rng: seeded("training glyphs") });
  const validation = glyphs({ count: 1000, rng: seeded("other glyphs") });
  const start = performance.now();
  const { epochs } = await fit(teachingCnn(seeded("weights")), data, {
    epochs: 10,
    rng: seeded("order"),
    validation,
    optimizer: { kind: "adam", learningRate: 0.002 },
    callbacks: { onEpoch: ({ validationAccuracy = 0 }) => (validationAccuracy >= 0.97 ? "stop" : undefined) },
  });
  const seconds = (performance.now() - start) / 1000;
  const accuracy = epochs.at(-1)?.validationAccuracy ?? 0;
  return {
    what: "teaching CNN on 6,000 easy glyphs, tested on 1,000",
    measured: `${(accuracy * 100).toFixed(1)} % after ${epochs.length} epochs, ${seconds.toFixed(1)} s`,
    goal: "≥ 97 % in ≤ 30 s",
    met: accuracy >= 0.97 && seconds <= 30,
  };
}

function middle(values: readonly number[]): number {
  return median([...values].sort((a, b) => a - b));
}
