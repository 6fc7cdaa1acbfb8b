import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { findLab } from "../authoring/find-lab.js";
import type { Lab } from "../authoring/load-lab.js";
import { loadLab } from "../authoring/load-lab.js";
import { feedbackFileName } from "../feedback/file-name.js";
import { writeFeedback } from "../feedback/page.js";
import { type Gradebook, openGradebook } from "../gradebook/gradebook.js";
import { discover } from "../pipeline/discover.js";
import type { GradeJob } from "../pipeline/grader.js";
import { readSubmission } from "../pipeline/intake.js";
import { type JobOutcome, Pool } from "../pipeline/pool.js";
import type { SubmissionRecord } from "../pipeline/record.js";
import { unjudgedRecord } from "../pipeline/unjudged.js";
import { chooseIsolation, describeStrength, type IsolationChoice } from "../sandbox/choose.js";

export interface BatchOptions {
  readonly lab: string;
  readonly submissions: string;
  readonly students: readonly string[];
  readonly jobs: number;
  readonly isolation: IsolationChoice;
  readonly gradebook: string;
  readonly feedback: string;
  readonly resume: boolean;
}

export interface BatchEvents {
  onStart(total: number): void;
  /** A submission is done, and its record is in the gradebook. */
  onRecord(record: SubmissionRecord): void;
  /** A submission is tried again, alone. */
  onRetry(student: string): void;
  /** Our own process failed over a submission. */
  onFailure(student: string, stack: string): void;
}

export interface BatchResult {
  readonly lab: Lab;
  /** All submissions, those of an earlier run that `resume` took over among them, ordered by student. */
  readonly records: readonly SubmissionRecord[];
  readonly total: number;
  readonly resumed: number;
  readonly stopped: boolean;
}

/** Grades a folder of submissions. What is graded is in the gradebook at once: a stop loses nothing. */
export async function gradeBatch(
  options: BatchOptions,
  events: BatchEvents,
  stop: AbortSignal,
): Promise<BatchResult> {
  const lab = await loadLab(findLab(options.lab));
  const { strength } = await chooseIsolation(options.isolation);
  const found = await discover(options.submissions, lab.manifest.id, options.students);
  const gradebook = await openGradebook(options.gradebook);
  try {
    const batch = new Batch(options, lab, gradebook, events, describeStrength(strength));
    return await batch.run(found, stop);
  } finally {
    await gradebook.close();
  }
}

/** What the table at the end shows: ten thousand whole records would fill the memory. */
function brief(record: SubmissionRecord): SubmissionRecord {
  const questions = record.questions.map((question) => ({
    ...question,
    answer: "",
    printed: "",
    tests: question.tests.map((test) => ({ ...test, message: "", hint: "" })),
  }));
  // One character of an answer in words says that there is one.
  const written = record.written.map((entry) => ({ ...entry, answer: entry.answer.slice(0, 1) }));
  return { ...record, questions, written };
}

type Found = Awaited<ReturnType<typeof discover>>;

/** The same file as the one that was graded before, or still nothing that can be read. */
async function isUnchanged(entry: Found[number], notebookHash: string): Promise<boolean> {
  if (!("path" in entry)) return notebookHash === "";
  const hash = await readSubmission(entry.path).then(
    ({ sha256 }) => sha256,
    () => "",
  );
  return hash === notebookHash;
}

class Batch {
  readonly #options: BatchOptions;
  readonly #lab: Lab;
  readonly #gradebook: Gradebook;
  readonly #events: BatchEvents;
  readonly #isolation: string;
  readonly #records: SubmissionRecord[] = [];

  constructor(options: BatchOptions, lab: Lab, gradebook: Gradebook, events: BatchEvents, isolation: string) {
    this.#options = options;
    this.#lab = lab;
    this.#gradebook = gradebook;
    this.#events = events;
    this.#isolation = isolation;
  }

  async run(found: Found, stop: AbortSignal): Promise<BatchResult> {
    const fresh = await this.#withoutFinished(found);
    const resumed = this.#records.length;
    this.#events.onStart(fresh.length);
    for (const entry of fresh)
      if ("problem" in entry) await this.#keep(this.#refused(entry.student, entry.problem));
    const secret = await this.#gradebook.courseSecret();
    const jobs = fresh.flatMap((entry) =>
      "path" in entry ? [{ ...entry, seed: this.#seed(secret, entry.student) }] : [],
    );
    const pool = new Pool({ ...this.#options, lab: this.#lab.dir });
    const onStop = (): void => pool.close();
    stop.addEventListener("abort", onStop, { once: true });
    try {
      if (!stop.aborted) await this.#grade(pool, jobs, stop);
    } finally {
      stop.removeEventListener("abort", onStop);
      pool.close();
    }
    this.#records.sort((a, b) => (a.student < b.student ? -1 : 1));
    return { lab: this.#lab, records: this.#records, total: found.length, resumed, stopped: stop.aborted };
  }

  /** A submission that could not be judged is tried once more when nothing else runs. */
  async #grade(pool: Pool, jobs: readonly GradeJob[], stop: AbortSignal): Promise<void> {
    const again: GradeJob[] = [];
    await pool.run(jobs, async (job, outcome) => {
      if (outcome.kind === "record" && outcome.record.status !== "needs-review")
        await this.#keep(outcome.record);
      else again.push(job);
    });
    for (const job of again) {
      if (stop.aborted) return;
      this.#events.onRetry(job.student);
      await pool.run([job], (_, outcome) => this.#keep(this.#final(job, outcome)));
    }
  }

  #final(job: GradeJob, outcome: JobOutcome): SubmissionRecord {
    if (outcome.kind === "record") return outcome.record;
    this.#events.onFailure(job.student, outcome.stack);
    return this.#unjudged(
      job.student,
      "error",
      "the grader itself failed here. Look at its message, then run again.",
    );
  }

  #refused(student: string, problem: string): SubmissionRecord {
    return this.#unjudged(student, "invalid", problem);
  }

  #unjudged(student: string, status: "invalid" | "error", problem: string): SubmissionRecord {
    return unjudgedRecord(this.#lab, { student, status, problem, isolation: this.#isolation });
  }

  async #keep(record: SubmissionRecord): Promise<void> {
    const startedAt = new Date(Date.now() - record.durationMs).toISOString();
    await this.#gradebook.record(record, startedAt);
    await this.#writePage(record);
    this.#records.push(brief(record));
    this.#events.onRecord(record);
  }

  get #pages(): string {
    return path.join(this.#options.feedback, this.#lab.manifest.id);
  }

  async #writePage(record: SubmissionRecord): Promise<void> {
    await writeFeedback(this.#pages, record, this.#lab.manifest);
  }

  /** A grade that was made without isolation does not stand in for one with it. */
  #isAsStrong(earlier: SubmissionRecord): boolean {
    return earlier.isolation !== "none" || this.#isolation === "none";
  }

  async #withoutFinished(found: Found): Promise<Found> {
    if (!this.#options.resume) return found;
    const { manifest, release, testsHash } = this.#lab;
    const finished = await this.#gradebook.finished(manifest.id, release, testsHash);
    const fresh: Found = [];
    for (const entry of found) {
      const earlier = finished.get(entry.student);
      const counts =
        earlier && this.#isAsStrong(earlier.record) && (await isUnchanged(entry, earlier.notebookHash));
      if (!counts) {
        fresh.push(entry);
        continue;
      }
      this.#records.push(brief(earlier.record));
      // A kill may have come between the grade and its page.
      if (!existsSync(path.join(this.#pages, feedbackFileName(entry.student))))
        await this.#writePage(earlier.record);
    }
    return fresh;
  }

  #seed(secret: Uint8Array, student: string): string {
    const text = [student, this.#lab.manifest.id, this.#lab.release].join("\0");
    return createHmac("sha256", secret).update(text).digest("hex");
  }
}
