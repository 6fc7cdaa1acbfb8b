import { kernelSession } from "./kernel-session.js";
import { runItems } from "./progress-items.js";
import { seconds } from "./seconds.js";

/** Where a training run is, as `fit` and what is built on it tell. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** Drawing more often would cost more than it shows. */
const everyMs = 250;

/**
 * Shows in one line under the cell how far a long computation is, and how long it will still take: a training run
 * (it gives what `fit` calls with each step), or a loop over items (it gives their results, in order). Where there
 * is no kernel, a few lines are printed instead.
 *
 * ```ts
 * await fit(model, data, { epochs: 3, rng, onProgress: progress("teacher") });
 * ```
 *
 * @throws LabError ITEM_FAILED with the item, where the work on it throws.
 *
 * @example
 * ```ts
 * const squares = await progress("squares", [1, 2, 3], (n) => n * n);
 * squares; // [1, 4, 9]
 * ```
 */
export function progress(label: string): (at: TrainingProgress) => void;
export function progress<Item, Result>(
  label: string,
  items: Iterable<Item>,
  work: (item: Item, index: number) => Result | Promise<Result>,
): Promise<Result[]>;
export function progress(
  label: string,
  items?: Iterable<unknown>,
  work?: (item: unknown, index: number) => unknown,
): unknown {
  if (items === undefined || work === undefined) return trainingProgress(label);
  return runItems(label, items, work);
}

/** The same with a clock. */
export function trainingProgress(
  label: string,
  now: () => number = Date.now,
): (at: TrainingProgress) => void {
  const draw = kernelSession().newLine();
  const start = now();
  let drawn = Number.NEGATIVE_INFINITY;
  return (at) => {
    const last = at.step === at.steps;
    if (draw ? !last && now() - drawn < everyMs : !last) return;
    drawn = now();
    (draw ?? console.log)(progressLine(label, at, drawn - start));
  };
}

export function progressLine(label: string, at: TrainingProgress, elapsedMs: number): string {
  const { epoch, epochs, step, steps, loss, accuracy } = at;
  const done = (epoch - 1 + step / steps) / epochs;
  const left = (elapsedMs / done) * (1 - done);
  const time = done < 1 ? `${seconds(elapsedMs)}, about ${seconds(left)} left` : seconds(elapsedMs);
  const within = step < steps ? `, step ${step} of ${steps}` : "";
  return [
    `${label}: epoch ${epoch} of ${epochs}${within}`,
    `loss ${loss.toPrecision(3)}`,
    `accuracy ${(100 * accuracy).toFixed(1)} %`,
    time,
  ].join(" · ");
}
