import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DateTime } from "luxon";
import { LabError } from "../../src/core/errors.js";
import type { Publication } from "./content/course-files.js";
import type { PackedEdgelab } from "./edgelab/pack.js";
import { type CourseClone, cloneCourse } from "./git/course-clone.js";
import { gitProblem, RemoteMoved } from "./git/git-problem.js";
import { commitChange, pushPublication } from "./git/push-publication.js";
import { checkRemote } from "./git/remote.js";
import { type Completion, findHalfDone } from "./half-done.js";
import { courseIn, type Plan, planPublication } from "./plan.js";
import { type Prepared, prepare, refuseLeaks } from "./prepare.js";
import { findLeaks } from "./secrets/scan.js";

/** What course.yaml says of publishing. */
export interface CourseSettings {
  readonly title: string;
  readonly submit: "zip" | "git";
  readonly timezone: string;
  /** By lab. */
  readonly due: ReadonlyMap<string, Date>;
}

export interface PublishOptions {
  readonly labDir: string;
  /** Where to; a dry run may do without, and shows a first publication. */
  readonly remote?: string;
  readonly workingDir: string;
  /** Absent where there is no course.yaml. */
  readonly course?: CourseSettings;
  readonly dryRun: boolean;
  readonly now: Date;
  /** Makes the tarball of edgelab that students install. */
  pack(): Promise<PackedEdgelab>;
  /** git is ended after so long without a sign of life. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** One of `publishSteps` is done. */
  onStep?(): void;
}

export const publishSteps = 4;

export interface Published {
  readonly lab: string;
  readonly tag: string;
  readonly branch: string;
  readonly plan: Plan;
  /** What an earlier push had left out, and is there now (or would be). */
  readonly completed?: "tag" | "branch";
  /** How many of the lab's texts, numbers and lines were looked for, and in how many files. */
  readonly searched: { readonly secrets: number; readonly files: number };
}

/**
 * Publishes a lab into the course repository: looks at what the remote has, makes the next version of it, searches
 * that for what students must not get, and pushes commit and tag in one step.
 */
export async function publish(options: PublishOptions): Promise<Published> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgelab-publish-"));
  try {
    const remote = options.remote === undefined ? undefined : checkRemote(options.remote, options.workingDir);
    const prepared = await prepare(options.labDir, options.pack);
    options.onStep?.();
    for (let attempt = 1; ; attempt++) {
      const work = path.join(folder, String(attempt));
      await mkdir(work);
      try {
        return await attemptPublication(prepared, remote, work, options);
      } catch (error) {
        // Somebody pushed in between: their work stays, ours is made anew on top of it.
        if (!(error instanceof RemoteMoved)) throw error;
        if (attempt === 2) throw movedAgain(error);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function attemptPublication(
  prepared: Prepared,
  remote: string | undefined,
  work: string,
  options: PublishOptions,
): Promise<Published> {
  const { id } = prepared.lab.manifest;
  const clone = remote === undefined ? undefined : await cloneFor(remote, id, work, options);
  options.onStep?.();
  const seen = clone ?? nothingThere;
  const known = courseIn(seen.head);
  const publication = publicationOf(prepared, known, options.course);
  const version = known?.labs.find((lab) => lab.id === id)?.version ?? 0;
  const half = clone && (await findHalfDone(publication, clone, version));
  const plan = planOf(publication, seen, half, options.now);
  const searched = scan(prepared, seen, plan);
  options.onStep?.();
  if (!options.dryRun && clone && remote !== undefined) await carryOut(clone, { id, half, plan, remote });
  options.onStep?.();
  const completed = half ? { completed: half.missing } : {};
  return { lab: id, tag: `${id}/v${plan.version}`, branch: seen.branch, plan, ...completed, searched };
}

const nothingThere: Pick<CourseClone, "branch" | "tags" | "head"> = { branch: "main", tags: new Map() };

const usualPatienceMs = 120_000;

async function cloneFor(
  remote: string,
  lab: string,
  work: string,
  options: PublishOptions,
): Promise<CourseClone> {
  const { signal, patienceMs = usualPatienceMs } = options;
  try {
    return await cloneCourse(remote, lab, { dir: work, patienceMs, signal });
  } catch (error) {
    throw error instanceof LabError ? error : gitProblem(error, remote);
  }
}

function publicationOf(
  { content, packages, edgelab }: Prepared,
  known: ReturnType<typeof courseIn>,
  settings: CourseSettings | undefined,
): Publication {
  const { title, submit } = settings ?? known ?? { title: content.release.title, submit: "zip" };
  const course = { title, submit, timezone: settings?.timezone ?? "UTC" };
  return { course, lab: content, packages, edgelab, ...(settings ? { due: settings.due } : {}) };
}

/** Looks through the repository as it would be, whoever wrote its files. */
function scan(
  { secrets, privates }: Prepared,
  clone: Pick<CourseClone, "head">,
  plan: Plan,
): Published["searched"] {
  const there = [...(clone.head?.files ?? [])];
  const kept = plan.kind === "publish" ? there.filter(([name]) => !plan.removed.includes(name)) : there;
  const result = new Map([...kept, ...(plan.kind === "publish" ? plan.files : [])]);
  // edgelab's tarball was searched file by file.
  const readable = new Map([...result].filter(([name]) => !name.endsWith(".tgz")));
  refuseLeaks(findLeaks(readable, secrets, privates), "the course repository");
  return { secrets: secrets.length, files: readable.size };
}

function planOf(
  publication: Publication,
  seen: Pick<CourseClone, "head" | "tags">,
  half: Completion | undefined,
  now: Date,
): Plan {
  if (half?.missing === "branch") return { kind: "unchanged", version: half.version };
  const day = DateTime.fromJSDate(now, { zone: publication.course.timezone }).toISODate() ?? "";
  return planPublication(publication, seen, day);
}

interface Work {
  readonly id: string;
  readonly half: Completion | undefined;
  readonly plan: Plan;
  readonly remote: string;
}

async function carryOut(clone: CourseClone, { id, half, plan, remote }: Work): Promise<void> {
  try {
    if (half) await complete(clone, half, remote, `${id}/v${half.version}`);
    if (plan.kind === "publish") await push(clone, plan, remote, `${id}/v${plan.version}`);
  } catch (error) {
    throw error instanceof LabError ? error : gitProblem(error, remote);
  }
}

async function complete(
  clone: CourseClone,
  { missing, commit }: Completion,
  remote: string,
  tag: string,
): Promise<void> {
  const refs = missing === "tag" ? { tagTo: commit } : { branchTo: commit };
  await pushPublication(clone, { remote, tag, message: tag, ...refs });
}

async function push(
  clone: CourseClone,
  { changes, files, removed }: Extract<Plan, { kind: "publish" }>,
  remote: string,
  tag: string,
): Promise<void> {
  const list = changes.map((line) => `- ${line}`).join("\n");
  const message = `Publish ${tag.replace("/", " ")}\n\n${list}\n`;
  const commit = await commitChange(clone, { files, removed, message });
  await pushPublication(clone, { remote, tag, branchTo: commit, tagTo: commit, message });
}

function movedAgain(cause: RemoteMoved): LabError {
  const problem = `somebody else is pushing to the course repository: ${cause.message}`;
  return new LabError("REMOTE_MOVED", problem, "Publish again in a moment. Nothing was changed.", { cause });
}
