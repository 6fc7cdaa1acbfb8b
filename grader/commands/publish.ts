import path from "node:path";
import { LabError } from "../../src/core/errors.js";
import { withoutPassword } from "../../src/lab/without-password.js";
import { findLab } from "../authoring/find-lab.js";
import type { Course } from "../course/course.js";
import { loadCourseIfAny } from "../course/load-course.js";
import { packageRoot } from "../package-root.js";
import { packEdgelab } from "../publish/edgelab/pack.js";
import {
  type CourseSettings,
  type Published,
  type PublishOptions,
  publish,
  publishSteps,
} from "../publish/publish.js";
import { padStart, safe } from "../terminal/cell.js";
import { startProgress } from "../terminal/progress.js";
import { untilStopped } from "../terminal/stop.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";

export interface PublishCommand {
  readonly lab: string;
  /** Where course.yaml says nothing, or something else. */
  readonly to?: string;
  readonly dryRun: boolean;
}

/** `grader publish`: a lab's next version into the course repository, and what that changed. */
export async function publishLab(
  { lab, to, dryRun }: PublishCommand,
  terminal: Terminal,
  pack = () => packEdgelab(packageRoot()),
): Promise<ExitReason> {
  const workingDir = process.cwd();
  const course = await loadCourseIfAny(workingDir);
  const remote = to ?? course?.remotes.course;
  if (remote === undefined && !dryRun) throw noRemote(lab);
  const options = {
    ...{ labDir: findLab(lab, workingDir), workingDir, dryRun, pack, now: new Date() },
    ...(remote === undefined ? {} : { remote }),
    ...(course ? { course: settingsOf(course) } : {}),
  };
  return untilStopped((signal) => publishAndTell(options, terminal, signal));
}

async function publishAndTell(
  options: PublishOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitReason> {
  const progress = startProgress("publishing");
  progress.start(publishSteps);
  try {
    const result = await publish({ ...options, signal, onStep: () => progress.step() });
    progress.stop();
    terminal.print(report(result, options).join("\n"));
    return "done";
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.note(
      "grader: stopped. The remote has all of the publication or nothing of it; publish again to see.",
    );
    return "interrupted";
  } finally {
    progress.stop();
  }
}

function settingsOf({ title, submit, timezone, labs }: Course): CourseSettings {
  const due = [...labs].flatMap(([id, dates]) => (dates.due ? [[id, dates.due] as const] : []));
  return { title, submit, timezone, due: new Map(due) };
}

function noRemote(lab: string): LabError {
  return new LabError(
    "NO_REMOTE",
    "it is not said where to publish to",
    `Write remotes: course: URL into course.yaml, or: npx --no-install grader publish ${path.basename(lab)} --to URL.`,
  );
}

function report(result: Published, how: Pick<PublishOptions, "remote" | "dryRun">): string[] {
  const { plan, tag, branch, searched, lab } = result;
  const where = how.remote === undefined ? "an empty repository" : safe(withoutPassword(how.remote));
  const found = `✓ ${searched.files} files searched for ${searched.secrets} texts, numbers and lines of the grader's side: none there.`;
  const half = completion(result, how.dryRun);
  if (plan.kind === "unchanged") return [...half, `${tag} is what ${where} has: nothing has changed.`, found];
  const title = how.dryRun
    ? `${tag} would go to ${where}, branch ${branch}`
    : `✓ ${tag} is at ${where}, branch ${branch}`;
  const next = how.dryRun
    ? ["Nothing was pushed. Without --dry-run it will be."]
    : [`Students get it by git pull. When it is due: npx --no-install grader collect ${lab}`];
  return [
    ...half,
    title,
    ...plan.changes.map((line) => `  - ${safe(line)}`),
    "",
    ...tree(plan.files),
    ...plan.removed.map((name) => `  removed  ${safe(name)}`),
    "",
    found,
    ...next,
  ];
}

function completion({ completed, tag }: Published, dryRun: boolean): string[] {
  if (completed === undefined) return [];
  const what = completed === "tag" ? "tag" : `branch of ${tag}`;
  return [`An earlier push had left out the ${what}: it ${dryRun ? "would be" : "is"} there now.`];
}

function tree(files: ReadonlyMap<string, Uint8Array>): string[] {
  const sizes = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return sizes.map(([name, content]) => `${padStart(size(content.length), 9)}  ${safe(name)}`);
}

function size(bytes: number): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}
