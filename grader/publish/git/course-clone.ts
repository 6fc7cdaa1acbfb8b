import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { SimpleGit } from "simple-git";
import { LabError } from "../../../src/core/errors.js";
import { type GitOptions, openGit } from "./open-git.js";

export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
  readonly bytes: number;
}

/** One commit of the course repository, as data. */
export interface CourseTree {
  readonly commit: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** The contents of its ordinary files, but those that are too large to be course files. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The course repository as it is at the remote now. */
export interface CourseClone {
  /** A repository without a work tree. */
  readonly dir: string;
  readonly git: SimpleGit;
  /** The same with something to read for one command. */
  reopen(more: Pick<GitOptions, "input">): Promise<SimpleGit>;
  readonly branch: string;
  /** Absent where the remote is empty. */
  readonly head?: CourseTree;
  /** The commits that are tagged `{lab}/v{number}`, by number. */
  readonly tags: ReadonlyMap<number, string>;
}

const largestBytes = 32 * 1024 * 1024;
const mostFiles = 5_000;

/** Copies the remote's history into a folder below `options.dir`. Nothing of it becomes a file there. */
export async function cloneCourse(remote: string, lab: string, options: GitOptions): Promise<CourseClone> {
  const dir = path.join(options.dir, "course.git");
  const outside = await openGit(options);
  const safely = ["--bare", "--no-local", "--template=", "--no-recurse-submodules"];
  await outside.raw(["clone", ...safely, remote, dir]);
  await mkdir(path.join(dir, "info"), { recursive: true });
  const inside = { ...options, dir, indexFile: path.join(dir, "publish-index") };
  const git = await openGit(inside);
  // The address may hold a password.
  await git.raw(["config", "--remove-section", "remote.origin"]).catch(() => "");
  const branch = (await git.raw(["symbolic-ref", "--short", "HEAD"])).trim();
  const refs = await readRefs(git);
  const commit = refs.get(`refs/heads/${branch}`);
  if (commit === undefined && [...refs.keys()].some((ref) => ref.startsWith("refs/heads/")))
    throw new LabError(
      "NO_BRANCH",
      `the course repository has branches, but not its main one, ${branch}`,
      "Set its default branch to the one that students clone.",
    );
  const head = commit === undefined ? {} : { head: await readTree(git, commit) };
  const reopen: CourseClone["reopen"] = (more) => openGit({ ...inside, ...more });
  return { dir, git, reopen, branch, tags: tagsOf(lab, refs), ...head };
}

/** Names and commits of branches and tags. */
async function readRefs(git: SimpleGit): Promise<Map<string, string>> {
  const format = "--format=%(refname)%09%(objectname)%09%(*objectname)";
  const lines = (await git.raw(["for-each-ref", format, "refs/heads", "refs/tags"])).split("\n");
  return new Map(
    lines.filter(Boolean).map((line) => {
      const [name = "", object = "", peeled = ""] = line.split("\t");
      return [name, peeled || object];
    }),
  );
}

function tagsOf(lab: string, refs: ReadonlyMap<string, string>): Map<number, string> {
  const start = `refs/tags/${lab}/v`;
  const own = [...refs].filter(
    ([name]) => name.startsWith(start) && /^[1-9]\d{0,8}$/.test(name.slice(start.length)),
  );
  return new Map(own.map(([name, commit]) => [Number(name.slice(start.length)), commit]));
}

export async function readTree(git: SimpleGit, commit: string): Promise<CourseTree> {
  const listed = await git.raw(["ls-tree", "-r", "-l", "-z", "--full-tree", commit]);
  const entries = new Map<string, TreeEntry>();
  for (const line of listed.split("\0").filter(Boolean)) {
    const [fields = "", file = ""] = line.split("\t");
    const [mode = "", , oid = "", size = ""] = fields.split(/ +/);
    entries.set(file, { mode, oid, bytes: Number(size) || 0 });
  }
  if (entries.size > mostFiles)
    throw new LabError(
      "COURSE_TOO_LARGE",
      `the course repository has ${entries.size} files, more than ${mostFiles}`,
      "Publish to a repository that holds the course only.",
    );
  const ordinary = [...entries].filter(([, { mode, bytes }]) => isOrdinary(mode) && bytes <= largestBytes);
  const contents = await Promise.all(
    ordinary.map(async ([file, { oid }]) => [file, await git.binaryCatFile(["blob", oid])] as const),
  );
  return { commit, entries, files: new Map(contents) };
}

export function isOrdinary(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}
