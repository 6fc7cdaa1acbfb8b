import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Course, Group, LabDates, Student } from "../course/course.js";
import { type CollectOptions, collectFromGit } from "./collect.js";
import type { Collected } from "./outcome.js";

export const lab = "01-quantization";
export const notebookPath = `labs/${lab}/${lab}.ipynb`;

/** A notebook's bytes that can be told from another one's, with an end of line that a filter would change. */
export const notebook = (text: string): string =>
  `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [], text })}\r\n`;

/** A folder of a course with real repositories in it, and what students do there. */
export class Classroom {
  readonly dir = mkdtempSync(join(tmpdir(), "edgelab-collect-"));
  readonly submissions = join(this.dir, "submissions");
  #students: Student[] = [];
  dates: LabDates = { extensions: new Map() };
  graceMinutes = 0;
  otherLabs: readonly string[] = [];
  groups: readonly Group[] = [];

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  add(id: string, student: Partial<Student> = {}): void {
    this.#students.push({ id, aliases: [], ...student });
  }

  /** A student with a bare repository as the remote and a clone to work in. */
  addWithRemote(id: string, { reflog = false } = {}): Repository {
    const remote = this.path("server", `${id}.git`);
    git(this.dir, ["init", "--quiet", "--bare", "-b", "main", remote]);
    git(remote, ["config", "core.logAllRefUpdates", String(reflog)]);
    git(remote, ["config", "uploadpack.allowFilter", "true"]);
    this.add(id, { remote });
    return new Repository(this.path("home", id), remote);
  }

  due(minutesFromNow: number, extensions: Readonly<Record<string, number>> = {}): void {
    const at = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
    this.dates = {
      due: at(minutesFromNow),
      extensions: new Map(Object.entries(extensions).map(([id, minutes]) => [id, at(minutes)])),
    };
  }

  get course(): Course {
    return {
      dir: this.dir,
      title: "Efficient networks",
      timezone: "UTC",
      submit: "git",
      students: this.#students,
      groups: this.groups,
      labs: new Map([lab, ...this.otherLabs].map((id) => [id, this.dates])),
      late: { graceMinutes: this.graceMinutes, percentPerDay: 10, maxDays: 3 },
      remotes: {},
    };
  }

  async collect(
    more: Partial<CollectOptions> = {},
    stop = new AbortController(),
  ): Promise<Map<string, Collected>> {
    const found = new Map<string, Collected>();
    await collectFromGit(
      { course: this.course, lab, submissions: this.submissions, students: [], ...more },
      {
        onStart: () => {},
        onStudent: (line) => found.set(line.student, line),
        onFailure: (_, stack) => {
          throw new Error(stack);
        },
      },
      stop.signal,
    );
    return found;
  }

  async collectOne(id: string, more: Partial<CollectOptions> = {}): Promise<Collected> {
    const line = (await this.collect({ students: [id], ...more })).get(id);
    if (!line) throw new Error(`nothing came of ${id}`);
    return line;
  }

  onTime(id: string): string | undefined {
    return read(join(this.submissions, id, lab, `${lab}.ipynb`));
  }

  late(id: string): string | undefined {
    return read(join(`${this.submissions}-late`, id, lab, `${lab}.ipynb`));
  }
}

/** A student's clone. */
export class Repository {
  readonly dir: string;

  constructor(dir: string, remote: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    git(dir, ["init", "--quiet", "-b", "main"]);
    git(dir, ["remote", "add", "origin", remote]);
  }

  git(...args: string[]): string {
    return git(this.dir, args);
  }

  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  /** Commits everything, with the date that the student's machine pretends. */
  commit(minutesFromNow = 0): string {
    git(this.dir, ["add", "--all", "--force"]);
    const date = new Date(Date.now() + minutesFromNow * 60_000).toISOString();
    git(this.dir, ["commit", "--quiet", "--allow-empty", "-m", "work"], {
      GIT_COMMITTER_DATE: date,
      GIT_AUTHOR_DATE: date,
    });
    return git(this.dir, ["rev-parse", "HEAD"]).trim();
  }

  push(...more: string[]): void {
    git(this.dir, ["push", "--quiet", ...more, "origin", "HEAD:main"]);
  }

  /** The usual: the notebook, committed and pushed. */
  handIn(text: string, minutesFromNow = 0, ...pushOptions: string[]): string {
    this.write(notebookPath, notebook(text));
    const commit = this.commit(minutesFromNow);
    this.push(...pushOptions);
    return commit;
  }
}

export function git(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
): string {
  return execFileSync("git", args, {
    cwd,
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      ...{ GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" },
      ...{ GIT_AUTHOR_NAME: "Student", GIT_AUTHOR_EMAIL: "student@example.org" },
      ...{ GIT_COMMITTER_NAME: "Student", GIT_COMMITTER_EMAIL: "student@example.org", ...env },
    },
  });
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
