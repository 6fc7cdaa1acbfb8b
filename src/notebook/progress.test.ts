import { expect } from "chai";
import { progress, progressLine, type TrainingProgress, trainingProgress } from "./progress.js";

const at = (rest: Partial<TrainingProgress> = {}): TrainingProgress => ({
  epoch: 2,
  epochs: 4,
  step: 5,
  steps: 10,
  loss: 0.31234,
  accuracy: 0.912,
  ...rest,
});

describe("the progress of a training run", () => {
  const global = globalThis as { __tslab__?: unknown };
  const lines: string[] = [];
  const log = console.log;
  afterEach(() => {
    delete global.__tslab__;
    console.log = log;
    lines.length = 0;
  });

  it("says where the run is, and how long it will still take", () => {
    // 3/8 of the run took 3 s, so that 5 s are left.
    expect(progressLine("teacher", at(), 3000)).to.equal(
      "teacher: epoch 2 of 4, step 5 of 10 · loss 0.312 · accuracy 91.2 % · 3 s, about 5 s left",
    );
  });

  it("says at the end how long it took", () => {
    expect(progressLine("teacher", at({ epoch: 4, step: 10 }), 125_000)).to.equal(
      "teacher: epoch 4 of 4 · loss 0.312 · accuracy 91.2 % · 2 min 5 s",
    );
  });

  it("draws one line anew, four times a second at most, and always the last", () => {
    global.__tslab__ = {
      require: () => ({ newDisplay: () => ({ text: (line: string) => lines.push(line) }) }),
    };
    let time = 0;
    const show = trainingProgress("x", () => time);
    for (let step = 1; step <= 10; step++) {
      show(at({ epoch: 4, step }));
      time += 100;
    }
    const steps = lines.map((line) => Number(/step (\d+)/.exec(line)?.[1] ?? 10));
    expect(steps).to.deep.equal([1, 4, 7, 10]);
  });

  it("prints a line an epoch where there is no kernel", () => {
    console.log = (line: string) => lines.push(line);
    const show = progress("x");
    for (const epoch of [1, 2]) for (let step = 1; step <= 3; step++) show(at({ epoch, step, steps: 3 }));
    expect(lines.map((line) => line.slice(0, 15))).to.deep.equal(["x: epoch 1 of 4", "x: epoch 2 of 4"]);
  });
});
