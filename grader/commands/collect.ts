import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { LabError } from "../../src/core/errors.js";
import { printableLines } from "../../src/lab/printable.js";
import { type CollectEvents, type CollectOptions, collectedDir, collectFromGit } from "../collect/collect.js";
import { collectFromFiles } from "../collect/files/from-files.js";
import { withLock } from "../collect/lock.js";
import type { Collected } from "../collect/outcome.js";
import { collectedLine, needsPerson, renderCollected } from "../collect/report.js";
import type { Course } from "../course/course.js";
import { loadCourse } from "../course/load-course.js";
import { startProgress } from "../terminal/progress.js";
import { untilStopped } from "../terminal/stop.js";
import type { ExitReason, Terminal } from "../terminal/terminal.js";

export interface CollectCommand {
  readonly lab: string;
  readonly students: readonly string[];
  readonly submissions: string;
  readonly json: boolean;
  /** A folder or a zip file, instead of the students' remotes. */
  readonly from?: string;
}

/** `grader collect`: brings what students handed in to where `grader run` looks for it. Runs nothing of it. */
export async function collect(command: CollectCommand, terminal: Terminal): Promise<ExitReason> {
  const course = await loadCourse(process.cwd());
  const lab = labIn(course, command.lab);
  if (command.from === undefined) await checkGit(course);
  const options = { ...command, course, lab, submissions: path.relative("", command.submissions) || "." };
  return untilStopped((stop) => withLock(collectedDir(options), () => collectAll(options, terminal, stop)));
}

async function collectAll(
  options: CollectOptions & CollectCommand,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<ExitReason> {
  const { from, json, course, lab, submissions } = options;
  const collected: Collected[] = [];
  const progress = startProgress("collecting");
  let total = 0;
  const events: CollectEvents = {
    onStart: (count) => {
      total = count;
      progress.start(count);
    },
    onStudent: (line) => {
      collected.push(line);
      if (json) progress.around(() => terminal.print(collectedLine(line)));
      progress.step();
    },
    onFailure: (student, stack) =>
      progress.around(() =>
        terminal.note(`grader: the grader failed on ${student}:\n${printableLines(stack)}`),
      ),
  };
  let lines: readonly string[] = [];
  try {
    if (from === undefined) await collectFromGit(options, events, stop);
    else lines = await collectFromFiles({ ...options, from }, events, stop);
  } finally {
    progress.stop();
  }
  const { colour, columns } = terminal;
  const report = { colour, columns, lab, submissions, timezone: course.timezone, lines };
  if (!json) terminal.print(renderCollected(collected, report));
  else for (const line of lines) terminal.note(`grader: ${line}`);
  if (stop.aborted) {
    terminal.note(
      `grader: stopped; ${total - collected.length} of ${total} are not collected. Collect again.`,
    );
    return "interrupted";
  }
  return lines.length > 0 || collected.some(needsPerson) ? "needsPerson" : "done";
}

/** The lab by its name in course.yaml; `labs/NAME/` is what a shell completes. */
function labIn(course: Course, typed: string): string {
  const lab = path.basename(typed);
  if (course.labs.has(lab)) return lab;
  throw new LabError(
    "UNKNOWN_LAB",
    `course.yaml has no lab "${lab}"`,
    course.labs.size > 0
      ? `Labs there: ${[...course.labs.keys()].join(", ")}.`
      : "Add it there, with its due date.",
  );
}

const oldestGit = [2, 33];

async function checkGit({ students }: Course): Promise<void> {
  if (!students.some(({ remote }) => remote !== undefined))
    throw new LabError(
      "NO_REMOTES",
      "course.yaml has no student with a remote",
      "Add remotes, or collect what was handed in elsewhere: --from FOLDER or --from FILE.zip.",
    );
  const told = await promisify(execFile)("git", ["--version"]).catch(() => ({ stdout: "" }));
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(told.stdout)?.map(Number) ?? [];
  const [wantedMajor = 0, wantedMinor = 0] = oldestGit;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor))
    throw new LabError(
      "NO_GIT",
      told.stdout === "" ? "git is not installed" : `git is too old (${told.stdout.trim()})`,
      `Install git ${oldestGit.join(".")} or newer.`,
    );
}
