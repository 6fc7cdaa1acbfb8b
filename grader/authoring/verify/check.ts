import type { Mutant } from "../../../src/testing/mutant.js";
import type { EvaluateProgram } from "../../engine/evaluator.js";
import type { QuestionRecord } from "../../pipeline/record.js";
import type { IsolationChoice } from "../../sandbox/choose.js";
import type { Lab } from "../load-lab.js";
import type { LabTests } from "../load-tests.js";
import type { Equivalent } from "./equivalents.js";
import { Interrupted, type Judges } from "./judges.js";
import type { CheckedMutants } from "./library.js";
import type { LocatedCell } from "./notebook-lines.js";
import type { Slice } from "./slices.js";

export interface VerifyOptions {
  readonly isolation: IsolationChoice;
  /** How many draws of inputs the reference and every mutant are tried with. */
  readonly seeds: number;
  /** How much runs at a time. */
  readonly jobs: number;
  /** At most so many mutants of each question; all of them if left out. */
  readonly mutantsAQuestion?: number;
}

/** One thing that was verified; `problems` is empty when it holds. A problem may have several lines. */
export interface Finding {
  readonly title: string;
  readonly problems: readonly string[];
  /** What is good to know, and no problem. */
  readonly notes?: readonly string[];
}

/** What whoever waits is told. */
export interface VerifyEvents {
  onFinding(finding: Finding): void;
  /** A long piece of work begins: what, and how many steps it has. */
  onWork(what: string, total: number): void;
  onStep(): void;
}

/** A lab as all checks see it. */
export interface Subject extends CheckedMutants {
  readonly lab: Lab;
  /** The text of notebook.ts. */
  readonly text: string;
  /** All of the lab's cells, in their order. */
  readonly cells: readonly LocatedCell[];
  readonly tests: LabTests;
  /** The lab's `evaluate.ts`. */
  readonly evaluate: EvaluateProgram | undefined;
  readonly mutants: readonly Mutant[];
  readonly equivalents: readonly Equivalent[];
  readonly options: VerifyOptions;
}

/** What a check that runs code works with, beside the lab. */
export interface Workshop extends Subject {
  readonly judges: Judges;
  readonly events: VerifyEvents;
  /** Set by Ctrl-C. */
  readonly stop: AbortSignal;
  /** The cells that each question needs. */
  readonly slices: ReadonlyMap<string, Slice>;
  /** What wrong answers were told, kept for whoever looks whether it tells too much. */
  readonly told: QuestionRecord[];
}

/** "seed 1", "seed 2", … */
export function seedNames(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => `seed ${from + index}`);
}

/**
 * Works on everything at once (the judges let a few in at a time), and hands over what came of it in the order
 * of the items.
 */
export async function inOrder<T, R>(
  { events, stop }: Pick<Workshop, "events" | "stop">,
  items: readonly T[],
  work: (item: T) => Promise<R>,
  onResult: (result: R, item: T) => void,
): Promise<void> {
  const running = items.map(async (item) => {
    const result = await work(item);
    events.onStep();
    return { item, result };
  });
  // One that fails while an earlier one is waited for has been heard all the same: the loop comes to it.
  for (const each of running) each.catch(() => undefined);
  for (const each of running) {
    const { item, result } = await each;
    if (stop.aborted) throw new Interrupted();
    onResult(result, item);
  }
}
