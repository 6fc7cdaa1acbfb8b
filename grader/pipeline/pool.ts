import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { IsolationChoice } from "../sandbox/choose.js";
import type { GradeJob } from "./grader.js";
import type { SubmissionRecord } from "./record.js";

export type ToWorker =
  | { readonly kind: "open"; readonly lab: string; readonly isolation: IsolationChoice }
  | { readonly kind: "grade"; readonly job: GradeJob };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "record"; readonly record: SubmissionRecord }
  | { readonly kind: "failed"; readonly stack: string };

/** A worker's failure is ours, never the student's. */
export type JobOutcome =
  | { readonly kind: "record"; readonly record: SubmissionRecord }
  | { readonly kind: "failed"; readonly stack: string };

export interface PoolOptions {
  readonly lab: string;
  readonly isolation: IsolationChoice;
  readonly jobs: number;
  /** A submission that takes longer than this has taken our process down with it. */
  readonly submissionWallMs?: number;
}

/** Runs grading jobs over a fixed number of worker processes; a worker that dies is replaced. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Grades all jobs, `jobs` at a time, and hands over each outcome as it comes. Stops early when closed. */
  async run(
    jobs: readonly GradeJob[],
    onOutcome: (job: GradeJob, outcome: JobOutcome) => Promise<void>,
  ): Promise<void> {
    const queue = [...jobs];
    const drain = async (): Promise<void> => {
      for (let job = queue.shift(); job && !this.#closed; job = queue.shift()) {
        const outcome = await this.#grade(job);
        if (!this.#closed) await onOutcome(job, outcome);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.jobs, queue.length) }, drain));
  }

  close(): void {
    this.#closed = true;
    for (const worker of this.#all) worker.stop();
    this.#all.clear();
    this.#idle.length = 0;
  }

  async #grade(job: GradeJob): Promise<JobOutcome> {
    const worker = this.#idle.pop() ?? this.#spawn();
    const opened = await worker.opened;
    const answer = opened.kind === "ready" ? await worker.ask({ kind: "grade", job }) : opened;
    if (answer.kind === "record") {
      this.#idle.push(worker);
      return answer;
    }
    worker.stop();
    this.#all.delete(worker);
    return {
      kind: "failed",
      stack: answer.kind === "failed" ? answer.stack : "the worker answered out of turn",
    };
  }

  #spawn(): Worker {
    const worker = new Worker(this.#options);
    this.#all.add(worker);
    return worker;
  }
}

const defaultWallMs = 15 * 60_000;

class Worker {
  readonly #process: ChildProcess;
  readonly #wallMs: number;
  #onError: ((error: Error) => void) | undefined;
  readonly opened: Promise<FromWorker>;

  constructor({ lab, isolation, submissionWallMs = defaultWallMs }: PoolOptions) {
    const main = fileURLToPath(new URL("./worker-main.js", import.meta.url));
    this.#process = fork(main, [], {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#wallMs = submissionWallMs;
    // What went wrong shows as an answer that does not come: `ask` settles it.
    this.#process.on("error", (error) => this.#onError?.(error));
    this.opened = this.ask({ kind: "open", lab, isolation });
  }

  /** One message, one answer; the death of the process is an answer too. */
  ask(message: ToWorker): Promise<FromWorker> {
    return new Promise((resolve) => {
      const child = this.#process;
      const settle = (answer: FromWorker): void => {
        clearTimeout(timer);
        child.off("message", settle);
        child.off("exit", onExit);
        resolve(answer);
      };
      const onExit = (code: number | null, signal: string | null): void =>
        settle({ kind: "failed", stack: `the worker process ended (${signal ?? `exit code ${code}`})` });
      const timer = setTimeout(
        () => settle({ kind: "failed", stack: "the worker process did not answer" }),
        this.#wallMs,
      );
      child.once("message", settle);
      child.once("exit", onExit);
      this.#onError = (error) =>
        settle({ kind: "failed", stack: `the worker process failed: ${error.message}` });
      if (child.exitCode === null && child.signalCode === null) child.send(message);
      else onExit(child.exitCode, child.signalCode);
    });
  }

  /** It exits when the channel closes, its jails with it; a process that hangs is killed. */
  stop(): void {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 2_000);
    this.#process.once("exit", () => clearTimeout(timer));
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) clearTimeout(timer);
  }
}
