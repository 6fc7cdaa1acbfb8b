import type { RunCell } from "../../lab/restore/restore.js";
import type { TestOutcome } from "../../testing/run-question.js";

/** What the child is to do, in this order. */
export interface Job {
  readonly labDir: string;
  readonly cells: readonly Pick<RunCell, "id" | "source">[];
  /** The questions whose public tests run after the cells. */
  readonly questions: readonly string[];
}

/** A cell, or the tests of a question. */
export interface Step {
  readonly kind: "cell" | "question";
  readonly id: string;
}

/** What the child says. It runs the student's own code on the student's own machine: it is believed. */
export type Report =
  | { readonly type: "begins"; readonly step: Step }
  | { readonly type: "cell"; readonly id: string; readonly error: string; readonly cpuMs: number }
  | {
      readonly type: "question";
      readonly id: string;
      readonly outcomes: readonly TestOutcome[];
      readonly durationMs: number;
    }
  /** All of it: a process that ends without having said so was ended by a cell. */
  | { readonly type: "done" };

/** Set in the child's environment: a notebook that is only being tried hands nothing in. */
export const triedVariable = "EDGELAB_TRIES_NOTEBOOK";
