import { kernelSession } from "./kernel-session.js";

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
 * Shows a training run in one line under the cell: where it is, its loss and accuracy, and how long it will still
 * take. Where there is no kernel, one line an epoch is printed instead.
 *
 * ```ts
 * await fit(model, data, { epochs: 3, rng, onProgress: progress("teacher") });
 * ```
 */
export function progress(label: string, now: () => number = Date.now): (at: TrainingProgress) => void {
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

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
