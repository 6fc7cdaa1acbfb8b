import { checkInteger, checkSparsity } from "../arguments.js";
import { LabError } from "../errors.js";

/** All at one step. */
export interface OneShot {
  readonly kind: "oneShot";
  readonly final: number;
  /** The step from which on the sparsity is `final`. Left out: 0. */
  readonly begin?: number;
}

/** Little by little, from step `begin` to step `end`. */
export interface Gradual {
  /**
   * linear: the same count each time. constantFraction: the same part of what is left. cubic: much at first,
   * while there is much to choose from, and less and less.
   */
  readonly kind: "linear" | "constantFraction" | "cubic";
  readonly final: number;
  /** The sparsity at `begin`; it is 0 before. Left out: 0. */
  readonly initial?: number;
  /** Left out: 0. */
  readonly begin?: number;
  readonly end: number;
  /** Every how many steps the sparsity changes. Left out: 1. */
  readonly every?: number;
}

export type Schedule = OneShot | Gradual;

/**
 * The sparsity to reach at each step of a training run (or at each round, or epoch: what is counted is the
 * caller's choice). It never falls, and is exactly `final` from step `end` on.
 *
 * @throws LabError for an unknown kind, sparsities outside [0, 1), a final one below the initial one, an end that is not after
 * the beginning, and, by the function that comes back, for a step that is not an integer of 0 or more.
 * @see Zhu and Gupta, "To prune, or not to prune" (2017), equation 1
 *
 * @example
 * ```ts
 * const cubic = sparsitySchedule({ kind: "cubic", final: 0.8, end: 100 });
 * [0, 50, 100, 150].map(cubic); // [0, 0.7000000000000001, 0.8, 0.8]
 * const oneShot = sparsitySchedule({ kind: "oneShot", final: 0.5, begin: 10 });
 * [9, 10].map(oneShot); // [0, 0.5]
 * ```
 */
export function sparsitySchedule(schedule: Schedule): (step: number) => number {
  checkKind(schedule?.kind);
  const { final, begin = 0 } = schedule;
  checkSparsity(final);
  checkInteger(begin, "begin", 0);
  const reached = schedule.kind === "oneShot" ? () => final : gradual(schedule, begin);
  return (step) => {
    checkInteger(step, "step", 0);
    return step < begin ? 0 : reached(step);
  };
}

function checkKind(kind: string): void {
  if (kind === "oneShot" || Object.hasOwn(curves, kind)) return;
  throw new LabError(
    "BAD_SCHEDULE",
    `there is no schedule "${kind}"`,
    `Use oneShot, ${Object.keys(curves).join(", ")}.`,
  );
}

function gradual(schedule: Gradual, begin: number): (step: number) => number {
  const { kind, final, initial = 0, end, every = 1 } = schedule;
  checkSparsity(initial);
  checkInteger(end, "end", begin + 1);
  checkInteger(every, "every", 1, end - begin);
  if (final < initial) {
    throw new LabError(
      "BAD_SCHEDULE",
      `the final sparsity ${final} is below the initial one, ${initial}`,
      "Weights that are gone don't come back: let it rise.",
    );
  }
  const curve = curves[kind];
  return (step) => {
    if (step >= end) return final;
    const changed = Math.floor((step - begin) / every) * every;
    return Math.min(final, curve(initial, final, changed / (end - begin)));
  };
}

/** The sparsity after part t of the way, from 0 to 1. */
type Curve = (initial: number, final: number, t: number) => number;

const curves: Readonly<Record<Gradual["kind"], Curve>> = {
  /** s = s_i + (s_f - s_i)·t */
  linear: (initial, final, t) => initial + (final - initial) * t,
  /** 1 - s = (1 - s_i)·((1 - s_f) / (1 - s_i))^t: equal parts of what is left in equal times */
  constantFraction: (initial, final, t) => 1 - (1 - initial) * ((1 - final) / (1 - initial)) ** t,
  /** s = s_f + (s_i - s_f)·(1 - t)³ */
  cubic: (initial, final, t) => final + (initial - final) * (1 - t) ** 3,
};
