import path from "node:path";
import { LabError } from "../../src/core/errors.js";
import { printable } from "../../src/lab/printable.js";
import type { Course, Student } from "../course/course.js";
import { dueFor, lateness, percentOff } from "../course/lateness.js";
import type { Choice, Deadline } from "./classify.js";
import { describe } from "./describe.js";
import { lookAt, type RemoteState, take } from "./from-git.js";
import { GitFailed } from "./git.js";
import { troubleOf } from "./git-trouble.js";
import { Ledger } from "./ledger.js";
import { defaultLimits, type FetchLimits, Mirror } from "./mirror.js";
import { CannotTake, type Collected, without } from "./outcome.js";
import { onShelf, place, type Shelf } from "./place.js";
import { parseRemote, type Remote } from "./remote.js";

export interface CollectOptions {
  readonly course: Course;
  readonly lab: string;
  /** Absolute, or from the working directory. */
  readonly submissions: string;
  /** Only these; all where it is empty. */
  readonly students: readonly string[];
  readonly limits?: FetchLimits;
}

export interface CollectEvents {
  onStart(total: number): void;
  onStudent(collected: Collected): void;
  /** Our own failure, with its stack. */
  onFailure(student: string, stack: string): void;
}

interface Job {
  readonly remote: Remote;
  readonly students: readonly Student[];
}

const atATime = 4;

/** Collects from the students' remotes. What happens to one of them never stops the others. */
export async function collectFromGit(
  options: CollectOptions,
  events: CollectEvents,
  stop: AbortSignal,
): Promise<void> {
  const students = chosenStudents(options);
  const { jobs, refused } = jobsOf(students, options);
  events.onStart(students.length);
  for (const line of refused) events.onStudent(line);
  const collector = new Collector(
    options,
    events,
    stop,
    await Ledger.open(collectedDir(options), options.lab),
  );
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job && !stop.aborted; job = queue.shift()) await collector.run(job);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

export function collectedDir({ course }: Pick<CollectOptions, "course">): string {
  return path.join(course.dir, "collected");
}

export function shelfOf(options: CollectOptions): Shelf {
  const { submissions, lab } = options;
  return { submissions, lab, replaced: path.join(collectedDir(options), "replaced") };
}

export function deadlineOf({ course, lab }: CollectOptions, student: string): Deadline | undefined {
  const due = dueFor(course, lab, student);
  return due && { due, graceMinutes: course.late.graceMinutes };
}

/** What a late version costs by course.yaml, as a note; none where it costs nothing. */
export function lateCost(
  { course, lab }: CollectOptions,
  student: string,
  late: Choice | undefined,
): readonly string[] {
  const due = dueFor(course, lab, student);
  if (late === undefined || due === undefined) return [];
  const how = lateness(course, due, new Date(due.getTime() + late.lateMinutes * 60_000));
  const percent = percentOff(course.late, how);
  if (percent === 0) return [];
  return [`${how.days} ${how.days === 1 ? "day" : "days"} late: ${percent} % off by course.yaml`];
}

/** The students that were asked for, in the order of the course. */
export function chosenStudents({ course, students }: CollectOptions): Student[] {
  const unknown = students.filter(
    (id) => !course.students.some((student) => student.id === id.normalize("NFC")),
  );
  if (unknown.length > 0)
    throw new LabError(
      "UNKNOWN_STUDENT",
      `course.yaml has no student ${unknown.map((id) => `"${printable(id)}"`).join(", ")}`,
      "Students are named by their id.",
    );
  const wanted = new Set(students.map((id) => id.normalize("NFC")));
  return course.students.filter(({ id }) => wanted.size === 0 || wanted.has(id));
}

/** One job a remote, so that a group's repository is fetched once. */
function jobsOf(
  students: readonly Student[],
  { course, lab }: CollectOptions,
): { readonly jobs: Job[]; readonly refused: Collected[] } {
  const jobs = new Map<string, { remote: Remote; students: Student[] }>();
  const refused: Collected[] = [];
  for (const student of students) {
    try {
      if (student.remote === undefined)
        throw new LabError("NO_REMOTE", "no remote in course.yaml", "Add it there, or collect with --from.");
      const remote = parseRemote(student.remote, course.dir);
      const job = jobs.get(remote.name) ?? { remote, students: [] };
      job.students.push(student);
      jobs.set(remote.name, job);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      refused.push(without(student.id, lab, "failed", error.message));
    }
  }
  return { jobs: [...jobs.values()], refused };
}

class Collector {
  readonly #options: CollectOptions;
  readonly #events: CollectEvents;
  readonly #stop: AbortSignal;
  readonly #ledger: Ledger;

  constructor(options: CollectOptions, events: CollectEvents, stop: AbortSignal, ledger: Ledger) {
    this.#options = options;
    this.#events = events;
    this.#stop = stop;
    this.#ledger = ledger;
  }

  async run({ remote, students }: Job): Promise<void> {
    const { lab, limits = defaultLimits } = this.#options;
    try {
      const mirrors = path.join(collectedDir(this.#options), "git");
      const mirror = await Mirror.open(mirrors, remote, { limits, signal: this.#stop });
      const job = { remote, lab, students: students.map(({ id }) => id) };
      const state = await lookAt(mirror, job, this.#ledger);
      for (const student of students) await this.#finish(student, state);
    } catch (error) {
      for (const student of students) this.#failed(student, error);
    }
  }

  async #finish(student: Student, state: RemoteState): Promise<void> {
    try {
      this.#events.onStudent(await this.#collected(student, state));
    } catch (error) {
      this.#failed(student, error);
    }
  }

  async #collected(student: Student, state: RemoteState): Promise<Collected> {
    const { lab, submissions } = this.#options;
    const taken = await take(state, deadlineOf(this.#options, student.id));
    const { onTime, late, unusable } = taken;
    const { trouble } = state;
    if (!onTime && !late) {
      const why = trouble ?? new CannotTake("nothing", `no ${lab}.ipynb`, "Nothing was pushed.");
      const there = await onShelf(shelfOf(this.#options), student.id);
      const stays = there ? [`what was collected before stays at ${there.path}`] : [];
      return without(student.id, lab, why.kind, [why.message, ...stays, ...state.notes].join(" "));
    }
    const paths = await place(shelfOf(this.#options), student.id, {
      ...(onTime ? { onTime: onTime.bytes } : {}),
      ...(late ? { late: late.bytes } : {}),
    });
    const earlier = onTime ? undefined : await onShelf(shelfOf(this.#options), student.id);
    return describe({
      ...{ student: student.id, lab, submissions, paths },
      ...(earlier ? { leftThere: earlier.path } : {}),
      chosen: { ...(onTime ? { onTime: onTime.choice } : {}), ...(late ? { late: late.choice } : {}) },
      notes: [
        ...lateCost(this.#options, student.id, late?.choice),
        ...(unusable.length > 0 ? unusable : troubleNotes(state)),
        ...state.notes,
      ],
      doubtful: unusable.length > 0 || trouble?.kind === "failed",
    });
  }

  #failed({ id }: Student, error: unknown): void {
    if (this.#stop.aborted) return;
    this.#events.onStudent(
      reportFailure(error, { student: id, lab: this.#options.lab, events: this.#events }),
    );
  }
}

/** The line of a student for whom something went wrong; only a failure of our own is told with its stack. */
export function reportFailure(
  error: unknown,
  {
    student,
    lab,
    events,
  }: { readonly student: string; readonly lab: string; readonly events: CollectEvents },
): Collected {
  if (error instanceof LabError)
    return without(student, lab, error instanceof CannotTake ? error.kind : "failed", error.message);
  if (error instanceof GitFailed) return without(student, lab, "failed", troubleOf(error).message);
  if (error instanceof Error && "syscall" in error && "path" in error && "code" in error)
    return without(
      student,
      lab,
      "failed",
      `${error.path} can't be read or written (${error.code}). Mend that.`,
    );
  events.onFailure(student, error instanceof Error ? (error.stack ?? error.message) : String(error));
  return without(student, lab, "failed", "the grader itself failed here. Look at its message.");
}

function troubleNotes({ trouble, seen }: RemoteState): string[] {
  if (trouble === undefined) return [];
  return [
    seen ? `in the last commit: ${trouble.problem}` : `from an earlier collect, now ${trouble.problem}`,
  ];
}
