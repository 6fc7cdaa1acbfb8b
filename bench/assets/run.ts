import type * as tf from "@tensorflow/tfjs";
import { type Dataset, glyphs } from "../../src/core/data/index.js";
import { seeded } from "../../src/core/random.js";
import { type FitOptions, type FitResult, fit, type Progress } from "../../src/core/training/index.js";
import type { GlyphSet } from "../../src/core/zoo/trained/trained.js";

/** One target of the command: how it is told, and how it ends. */
export interface Run {
  readonly name: string;
  readonly command: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Shows how a training goes on: on a terminal after each step, else after each epoch. */
  readonly progress: (label: string) => (at: Progress) => void;
}

export function startRun(name: string, signal: AbortSignal): Run {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(0).padStart(5);
  const { stderr } = process;
  const clear = stderr.isTTY ? "\r\x1b[K" : "";
  const say = (text: string) => stderr.write(`${clear}${seconds()} s  ${name}: ${text}\n`);
  return {
    name,
    command: `npm run assets -- ${name}`,
    signal,
    say,
    progress: (label) => (at) => {
      const figures = `loss ${at.loss.toFixed(3)}, ${percent(at.accuracy)} right`;
      if (at.step === at.steps) say(`${label}, epoch ${at.epoch}/${at.epochs}: ${figures}`);
      else if (stderr.isTTY) stderr.write(`${clear}${label}, step ${at.step}/${at.steps}: ${figures}`);
    },
  };
}

/** Trains to the end, or throws: an asset is never half trained. */
export async function train(
  run: Run,
  label: string,
  model: tf.LayersModel,
  data: Dataset,
  options: FitOptions,
): Promise<FitResult> {
  const result = await fit(model, data, { ...options, signal: run.signal, onProgress: run.progress(label) });
  run.signal.throwIfAborted();
  return result;
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** Four digits are more than a test set of some thousand images can tell. */
export function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** The sets that all assets of a level share. */
export function glyphSets(level: GlyphSet["level"]): Record<"training" | "validation" | "test", GlyphSet> {
  return {
    training: { level, count: 6000, seed: `glyphs, ${level}, training` },
    validation: { level, count: 1000, seed: `glyphs, ${level}, validation` },
    test: { level, count: 2000, seed: `glyphs, ${level}, test` },
  };
}

export function drawn({ level, count, seed }: GlyphSet): Dataset {
  return glyphs({ level, count, rng: seeded(seed) });
}
