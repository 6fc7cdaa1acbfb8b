import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { SimpleGit } from "simple-git";
import { LabError } from "../../../src/core/errors.js";
import { safe } from "../../terminal/cell.js";
import type { CourseClone } from "./course-clone.js";

/** What is changed in the course repository: files to write, and names of files to take away. */
export interface Change {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly removed: readonly string[];
  readonly message: string;
}

/** Makes the commit in our copy of the repository, and gives its name. */
export async function commitChange({ git, reopen, dir, head }: CourseClone, change: Change): Promise<string> {
  await requireAuthor(git);
  if (head) await git.raw(["read-tree", head.commit]);
  const paths = [...change.files.keys()];
  const oids = await store(git, path.join(dir, "new-files"), [...change.files.values()]);
  const lines = [
    // A mode of 0 takes a file away.
    ...change.removed.map((file) => `0 ${"0".repeat(40)}\t${file}\0`),
    ...paths.map((file, i) => `100644 ${oids[i]}\t${file}\0`),
  ];
  const writing = await reopen({ input: lines.join("") });
  await writing.raw(["update-index", "-z", "--index-info"]);
  const tree = (await git.raw(["write-tree"])).trim();
  const parent = head ? ["-p", head.commit] : [];
  return (await git.raw(["commit-tree", ...parent, "-m", change.message, tree])).trim();
}

/** Contents go in as they are: no filter of the user's or the repository's has a part in it. */
async function store(git: SimpleGit, folder: string, contents: readonly Uint8Array[]): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = contents.map((_, i) => path.join(folder, String(i)));
  await Promise.all(contents.map((content, i) => writeFile(files[i] ?? "", content)));
  const names = await git.raw(["hash-object", "-w", "--no-filters", "--", ...files]);
  return names.trim().split("\n");
}

export interface Push {
  readonly remote: string;
  readonly tag: string;
  /** What the branch becomes; absent where only the tag was missing. */
  readonly branchTo?: string;
  /** What the tag names; absent where only the branch was missing. */
  readonly tagTo?: string;
  readonly message: string;
}

/** Pushes branch and tag in one step: the remote takes both, or neither. */
export async function pushPublication({ git, branch }: CourseClone, push: Push): Promise<void> {
  const refs = [];
  if (push.branchTo !== undefined) refs.push(`${push.branchTo}:refs/heads/${branch}`);
  if (push.tagTo !== undefined) {
    await requireAuthor(git);
    await git.raw(["tag", "-a", "-f", "--no-sign", "-m", push.message, "--", push.tag, push.tagTo]);
    refs.push(`refs/tags/${push.tag}:refs/tags/${push.tag}`);
  }
  await git.raw(["push", "--atomic", "--porcelain", "--no-verify", push.remote, ...refs]);
}

async function requireAuthor(git: SimpleGit): Promise<void> {
  try {
    await git.raw(["var", "GIT_COMMITTER_IDENT"]);
    await git.raw(["var", "GIT_AUTHOR_IDENT"]);
  } catch (cause) {
    const reason =
      cause instanceof Error ? (/^fatal: (.*)$/m.exec(cause.message)?.[1] ?? "no name") : "no name";
    throw new LabError(
      "NO_AUTHOR",
      `git does not know who publishes (${safe(reason)})`,
      'Tell it once: git config --global user.name "…" and git config --global user.email "…".',
      { cause },
    );
  }
}
