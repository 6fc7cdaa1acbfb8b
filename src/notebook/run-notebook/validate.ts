import { resolve } from "node:path";
import type { TestOutcome } from "../../testing/run-question.js";
import { planNotebook } from "./plan.js";
import { Results } from "./results.js";
import { runInChild } from "./run-in-child.js";

/** What to look at before a notebook is handed in. */
export interface ValidateOptions {
  /** The notebook as it was saved. */
  readonly notebookPath: string;
  /** The lab's folder, with `public/` in it, and `release.json` (here or in `build/`) where there is one. */
  readonly labDir: string;
  /** How long one cell, or one question's tests, may take. 60 s if left out. */
  readonly cellTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called as each of `total` steps (cells, then questions) ends, with its id. */
  readonly onStep?: (done: number, total: number, id: string) => void;
}

export interface Validation {
  /** What the grader will put back, ignore or miss, a line each. Empty where nothing is known of the release. */
  readonly notices: readonly string[];
  /** In the lab's order. */
  readonly questions: readonly ValidatedQuestion[];
  /** Why not all of it ran: time was up, or the notebook ended its process. */
  readonly problem?: string;
}

export interface ValidatedQuestion {
  readonly id: string;
  readonly title: string;
  /** Of the public tests; empty where the question has none. */
  readonly outcomes: readonly TestOutcome[];
  /** What its answer cell said when it failed; empty where it ran. */
  readonly cellError: string;
  /** How long the tests took. */
  readonly durationMs: number;
}

const defaultTimeoutMs = 60_000;
/** As often as this, a notebook starts again without the step that ended it. */
const maxRestarts = 4;

/**
 * Runs a saved notebook afresh, as the grader will, in a process of its own: its graded cells, then the public
 * tests of each question. What takes the process down is left out, and the rest runs again.
 *
 * @throws LabError where the grader would refuse the notebook; the signal's reason where it was aborted.
 */
export async function validateNotebook(options: ValidateOptions): Promise<Validation> {
  const labDir = resolve(options.labDir);
  const plan = await planNotebook(resolve(options.notebookPath), labDir);
  const results = new Results(plan);
  let problem: string | undefined;
  for (let start = 0; ; start++) {
    const left = results.left();
    const stopped = await runInChild(
      { labDir, ...left },
      {
        stepTimeoutMs: options.cellTimeoutMs ?? defaultTimeoutMs,
        signal: options.signal,
        onReport: (report) => {
          results.add(report);
          if (report.type === "cell" || report.type === "question")
            options.onStep?.(results.done, results.total, report.id);
        },
      },
    );
    if (stopped === undefined) break;
    if (stopped.step === undefined || start === maxRestarts) {
      problem = `The notebook could not be run: ${stopped.why}.`;
      break;
    }
    results.leaveOut(stopped.step, stopped.why);
  }
  return { notices: results.notices(), questions: results.questions(), ...(problem ? { problem } : {}) };
}
