import { quantizationAwareFit, quantizeModel, simulate } from "../../src/core/quantization/models/index.js";
import { seeded } from "../../src/core/random.js";
import { type EpochReport, evaluate, type FitOptions } from "../../src/core/training/index.js";
import { loadTrained } from "../../src/core/zoo/index.js";
import { type AssetFile, recordedFile } from "./files.js";
import { drawn, type Run, rounded, train } from "./run.js";

const epochs = 4;

/** What few bits lose after training, and what training with them regains. */
export async function recordQuantization(run: Run): Promise<readonly AssetFile[]> {
  const { model, about } = await loadTrained("teaching-cnn-hard");
  const data = drawn(about.training);
  const test = drawn(about.test);
  const calibration = drawn({ ...about.training, count: 256 });
  const rows: (number | string)[][] = [];
  const record = (bits: number, before: number, reports: readonly EpochReport[]): void => {
    rows.push([bits, 0, rounded(before)]);
    for (const { epoch, validationAccuracy } of reports)
      rows.push([bits, epoch, rounded(validationAccuracy!)]);
  };
  const options = (bits: number): FitOptions => ({
    epochs,
    rng: seeded(`${run.name}, order`),
    optimizer: { kind: "adam", learningRate: 0.0003 },
    validation: test,
    signal: run.signal,
    onProgress: run.progress(`${bits} bits`),
  });
  for (const bits of [8, 4, 3, 2] as const) {
    const scheme = { convention: "tflite", weights: { type: `int${bits}` } } as const;
    const simulated = simulate(await quantizeModel(model, { ...scheme, calibration }));
    const before = await evaluate(simulated, test);
    const trained = await quantizationAwareFit(model, data, { ...scheme, calibration, ...options(bits) });
    run.signal.throwIfAborted();
    record(bits, before.accuracy, trained.history.epochs);
    for (const made of [simulated, trained.model]) made.dispose();
  }
  // As many more epochs in float32 last, since they change the model.
  const before = await evaluate(model, test);
  const control = await train(run, "32 bits", model, data, options(32));
  record(32, before.accuracy, control.epochs);
  return [
    recordedFile(run, "quantization-aware-training", {
      what: "teaching-cnn-hard with weights of few bits (TFLite's convention, a scale a channel) and activations of 8 bits: after training (epoch 0), and trained on with quantization; 32 bits are float32, trained on alike. A row is an epoch; accuracy is that of the test set.",
      backend: control.backend,
      columns: ["bits", "epoch", "accuracy"],
      rows,
    }),
  ];
}
