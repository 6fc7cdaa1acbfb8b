import type * as tf from "@tensorflow/tfjs";
import { calibrationSet, type Dataset, glyphs } from "../../src/core/data/index.js";
import { matmulFloat, matmulInt8 } from "../../src/core/quantization/index.js";
import { modelBytes, quantizeModel, simulate } from "../../src/core/quantization/models/index.js";
import { seeded } from "../../src/core/random.js";
import { normalTensor, type Tensor } from "../../src/core/tensor.js";
import { evaluate } from "../../src/core/training/index.js";
import { loadTrained, type TrainedName, trainedNames } from "../../src/core/zoo/index.js";
import type { GlyphSet } from "../../src/core/zoo/trained/trained.js";
import { interleaved } from "../interleaved.js";
import { type Claim, points, times, verdictOf } from "./claim.js";
import { publishedDevices, publishedSpeedUps } from "./published.js";

/** What int8 does to the zoo's models, and to the time of a matrix product. */
export async function quantization(say: (text: string) => void): Promise<readonly Claim[]> {
  const models: Quantized[] = [];
  for (const name of trainedNames) {
    say(`quantizes ${name}`);
    models.push(await quantized(name));
  }
  say("int8 weights with few bits");
  return [size(models), accuracy(models), await granularity(), await speed()];
}

interface Quantized {
  readonly name: TrainedName;
  readonly ratio: number;
  readonly drop: number;
}

async function quantized(name: TrainedName): Promise<Quantized> {
  const { model, about } = await loadTrained(name);
  const test = drawn(about.test);
  const calibration = calibrationSet(drawn(about.training), 200, seeded("claims")).inputs;
  const int8 = await quantizeModel(model, { calibration });
  const drop = (await share(simulate(int8), test)) - (await share(model, test));
  return { name, ratio: modelBytes(int8).ratio, drop };
}

function size(models: readonly Quantized[]): Claim {
  const ratios = models.map(({ ratio }) => ratio);
  return {
    slide: "Quantization: Theory",
    says: "int8 is 4× smaller",
    evidence: "measured",
    found: `${times(Math.min(...ratios))} to ${times(Math.max(...ratios))} over the zoo's ${models.length} models: codes, and the scales and int32 biases that go with them. The smaller a model, the more these weigh`,
    verdict: verdictOf(ratios.map((ratio) => ratio > 3.8)),
    taught: "lab 1, q6",
  };
}

function accuracy(models: readonly Quantized[]): Claim {
  return {
    slide: "Quantization: Theory",
    says: "Accuracy drops by less than 1 % with int8",
    evidence: "measured",
    found: models.map(({ name, drop }) => `${name} ${points(drop)}`).join(", "),
    verdict: verdictOf(models.map(({ drop }) => drop > -0.01)),
    taught: "lab 1, q6",
  };
}

/** With 8 bits the difference drowns: 3 and 4 bits show it. */
async function granularity(): Promise<Claim> {
  const gains: { name: string; type: string; gain: number }[] = [];
  for (const name of ["teaching-cnn-hard", "depthwise-cnn-hard"] as const) {
    const { model, about } = await loadTrained(name);
    const test = drawn(about.test);
    const calibration = calibrationSet(drawn(about.training), 200, seeded("claims")).inputs;
    for (const type of ["int8", "int4"] as const) {
      const of = async (per: "channel" | "tensor"): Promise<number> =>
        share(simulate(await quantizeModel(model, { calibration, weights: { type, per } })), test);
      gains.push({ name, type, gain: (await of("channel")) - (await of("tensor")) });
    }
  }
  return {
    slide: "Quantization Granularity",
    says: "Per-channel scales have better accuracy than one per tensor",
    evidence: "measured",
    found: gains.map(({ name, type, gain }) => `${name}, ${type} weights: ${points(gain)}`).join("; "),
    // Two standard errors over 2,000 images.
    verdict: verdictOf(gains.map(({ gain }) => gain > 0.016)),
    taught: "lab 1, q3",
  };
}

async function speed(): Promise<Claim> {
  const here = await productSpeedUp();
  const elsewhere = publishedDevices.map((device) => {
    const ratios = publishedSpeedUps(device);
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
    return { device, ratios, text: low === high ? times(low) : `${times(low)} to ${times(high)}` };
  });
  return {
    slide: "Quantization: Theory",
    says: "int8 is 2–4× faster",
    evidence: "published",
    found: `published pairs: ${elsewhere.map(({ device, text }) => `${device} ${text}`).join(", ")}. Measured here: an int8 matrix product in plain TypeScript ${times(here)} the speed of the same loops in float. It hangs on the kernels: below 1 int8 is slower`,
    verdict: verdictOf([...elsewhere.flatMap(({ ratios }) => ratios), here].map((ratio) => ratio >= 2)),
    taught: "lab 1, q7",
  };
}

async function productSpeedUp(): Promise<number> {
  const [m, k, n] = [256, 256, 256];
  const [a, b] = [normalTensor(seeded("a"), [m, k]), normalTensor(seeded("b"), [k, n])];
  const codes = ({ shape, data }: Tensor): Tensor<Int8Array> => ({
    shape,
    data: Int8Array.from(data, (value) => Math.max(-127, Math.min(127, Math.round(40 * value)))),
  });
  const [aCodes, bCodes] = [codes(a), codes(b)];
  const [float, int8] = await interleaved(
    [
      { name: "float", run: () => matmulFloat(a, b) },
      { name: "int8", run: () => matmulInt8(aCodes, bCodes, { aZero: 3 }) },
    ],
    15,
  );
  return float!.medianMs / int8!.medianMs;
}

export function drawn({ level, count, seed }: GlyphSet): Dataset {
  return glyphs({ level, count, rng: seeded(seed) });
}

/** The share of right answers; the model is not needed afterwards. */
export async function share(model: tf.LayersModel, test: Dataset): Promise<number> {
  return (await evaluate(model, test)).accuracy;
}
