import type { StdioOptions } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Lab } from "../grader/authoring/load-lab.js";
import type { Jupyter } from "../grader/peers/jupyter.js";
import { Meter } from "./meter.js";
import { type Submission, sameCellsForJupyter } from "./submissions.js";

/** What one side of the comparison cost. */
export interface Cost {
  readonly notebooks: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly cpuSource: string;
  /** The same for the notebooks behind the first few, when everything is loaded. */
  readonly warm: { readonly notebooks: number; readonly wallSeconds: number; readonly cpuSeconds: number };
}

export interface Race {
  readonly jobs: number;
  /** So many notebooks are not counted as warm. */
  readonly warmUp: number;
  readonly signal: AbortSignal;
}

/** What is read of a line of `--json`. */
interface GradedLine {
  readonly isolation: string;
  readonly questions: readonly { readonly score: number; readonly maxScore: number }[];
}

/** Looks at the clocks when a side begins, when it is warm, and when it is done. */
class Stopwatch {
  readonly meter = new Meter();
  readonly #started = performance.now();
  readonly #warmUp: number;
  #ended = 0;
  #warm = { atMs: this.#started, cpuSeconds: 0 };

  constructor(warmUp: number) {
    this.#warmUp = warmUp;
  }

  notebookDone(): void {
    if (++this.#ended === this.#warmUp) {
      this.#warm = { atMs: performance.now(), cpuSeconds: this.meter.cpuSeconds() };
    }
  }

  read(): Cost {
    const now = performance.now();
    const cpuSeconds = this.meter.cpuSeconds();
    const { peakBytes, cpuSource } = this.meter;
    return {
      notebooks: this.#ended,
      wallSeconds: (now - this.#started) / 1000,
      cpuSeconds,
      peakBytes,
      cpuSource,
      warm: {
        notebooks: Math.max(0, this.#ended - this.#warmUp),
        wallSeconds: (now - this.#warm.atMs) / 1000,
        cpuSeconds: cpuSeconds - this.#warm.cpuSeconds,
      },
    };
  }
}

async function timed(race: Race, work: (stopwatch: Stopwatch) => Promise<void>): Promise<Cost> {
  const stopwatch = new Stopwatch(race.warmUp);
  try {
    await work(stopwatch);
    return stopwatch.read();
  } finally {
    await stopwatch.meter.close();
  }
}

/** Grades all submissions below `folder/submissions` with the command that a TA would use. */
export async function raceGrader(
  lab: Lab,
  folder: string,
  race: Race & { readonly isolation: string },
): Promise<Cost & { readonly isolation: string }> {
  const cli = resolve(import.meta.dirname, "../dist/grader/cli.js");
  const places = ["--submissions", "submissions", "--gradebook", "gradebook.db", "--feedback", "feedback"];
  const how = ["--jobs", String(race.jobs), "--isolation", race.isolation, "--json"];
  const args = [cli, "run", lab.dir, ...places, ...how];
  let isolation = "";
  let best = 0;
  let rest = "";
  const cost = await timed(race, async (stopwatch) => {
    const onStdout = (text: string): void => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const record = JSON.parse(line) as GradedLine;
        isolation = record.isolation || isolation;
        for (const { score, maxScore } of record.questions) best = Math.max(best, score / maxScore);
        stopwatch.notebookDone();
      }
    };
    const stdio: StdioOptions = ["ignore", "pipe", "inherit"];
    const options = { cwd: folder, stdio, signal: race.signal };
    const code = await stopwatch.meter.run(process.execPath, args, options, onStdout);
    // 2 says that a submission waits for a person, which costs as much as another.
    if (code !== 0 && code !== 2) throw new Error(`grader run ended with exit code ${code}`);
    // A grader that can't run the notebooks would be fast.
    if (best < 1) throw new Error("no question got full marks: something is broken, and no time counts");
  });
  return { ...cost, isolation };
}

/** Executes the same cells with nbconvert, a process for each notebook, so many at a time. */
export async function raceJupyter(
  lab: Lab,
  submissions: readonly Submission[],
  folder: string,
  race: Race & { readonly jupyter: Jupyter },
): Promise<Cost> {
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(resolve(import.meta.dirname, ".."), join(folder, "node_modules/edgelab"));
  for (const submission of submissions) {
    await writeFile(join(folder, `${submission.student}.ipynb`), sameCellsForJupyter(submission, lab));
  }
  return timed(race, async (stopwatch) => {
    const queue = [...submissions];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await convert(stopwatch.meter, folder, next.student, race);
        stopwatch.notebookDone();
      }
    };
    await Promise.all(Array.from({ length: race.jobs }, work));
  });
}

async function convert(
  meter: Meter,
  cwd: string,
  student: string,
  { jupyter, signal }: Race & { readonly jupyter: Jupyter },
): Promise<void> {
  const flags = ["--to", "notebook", "--execute", "--allow-errors", "--log-level", "ERROR"];
  const args = ["-m", "nbconvert", ...flags, "--output", `${student}.done`, `${student}.ipynb`];
  const stdio: StdioOptions = ["ignore", "ignore", "inherit"];
  const code = await meter.run(jupyter.python, args, { cwd, env: jupyter.env, stdio, signal });
  if (code !== 0) throw new Error(`nbconvert ended with exit code ${code} for ${student}`);
}
