import { basename } from "node:path/posix";
import { notebookLimits } from "../../src/lab/notebook.js";
import { printable } from "../../src/lab/printable.js";
import { GitFailed, git, gitBlob } from "./git.js";
import type { Mirror } from "./mirror.js";
import { CannotTake } from "./outcome.js";

export interface TreeEntry {
  readonly mode: string;
  readonly path: string;
}

const listingBytes = 8 * 2 ** 20;
const symlink = "120000";
const submodule = "160000";
const folder = "040000";

/** Everything in a commit. A tree of trees that repeat themselves has no end, so the listing has one. */
export async function listTree(mirror: Mirror, commit: string): Promise<TreeEntry[]> {
  try {
    const text = await git(
      mirror.place,
      ["ls-tree", "-r", "-t", "-z", commit],
      mirror.bounds(30_000, listingBytes),
    );
    return parseTree(text);
  } catch (failure) {
    if (!(failure instanceof GitFailed) || failure.why === "aborted") throw failure;
    throw new CannotTake("failed", "its files can't be listed: too many, or broken", "Look at it by hand.", {
      cause: failure,
    });
  }
}

function parseTree(listing: string): TreeEntry[] {
  return listing.split("\0").flatMap((line) => {
    const [, mode, path] = /^(\d{6}) \w+ [0-9a-f]+\t([\s\S]+)$/.exec(line) ?? [];
    return mode === undefined || path === undefined ? [] : [{ mode, path }];
  });
}

/**
 * Where a lab's notebook lies in a repository: `labs/X/X.ipynb`; else the file X.ipynb wherever it is, if it is
 * there once. Hidden folders (Jupyter's checkpoints) and node_modules don't count.
 *
 * @throws CannotTake with what is there instead.
 */
export function findNotebook(entries: readonly TreeEntry[], lab: string): string {
  const canonical = `labs/${lab}/${lab}.ipynb`;
  const odd = ["labs", `labs/${lab}`, canonical]
    .map((path) => entries.find((entry) => entry.path === path))
    .find((entry) => entry && isOdd(entry));
  if (odd) throw new CannotTake("failed", `${odd.path} is a ${oddName(odd)}`, "Ask for the file itself.");
  if (entries.some(({ path, mode }) => path === canonical && mode !== folder)) return canonical;
  const notebooks = entries.filter(
    ({ path, mode }) => path.endsWith(".ipynb") && mode !== folder && !isAside(path),
  );
  const named = notebooks.filter(({ path }) => basename(path) === `${lab}.ipynb`);
  const [only, ...others] = named;
  if (only && others.length === 0) {
    if (isOdd(only))
      throw new CannotTake("failed", `${lab}.ipynb is a ${oddName(only)}`, "Ask for the file itself.");
    // A name on several lines could not be asked for, nor shown.
    if (/[\p{Cc}]/u.test(only.path))
      throw new CannotTake(
        "failed",
        "its folder has control characters in its name",
        "Ask for another name.",
      );
    return only.path;
  }
  if (only)
    throw new CannotTake(
      "failed",
      `${lab}.ipynb is there ${named.length} times: ${shortList(named)}`,
      `Ask for one, at ${canonical}.`,
    );
  throw new CannotTake(
    "nothing",
    `no ${lab}.ipynb; ${insteadOf(entries, notebooks)}`,
    `It belongs at ${canonical}.`,
  );
}

function insteadOf(entries: readonly TreeEntry[], notebooks: readonly TreeEntry[]): string {
  if (notebooks.length > 0) return `instead ${shortList(notebooks)}`;
  const files = entries.filter(({ mode }) => mode !== folder);
  return files.length === 0 ? "there are no files" : `instead ${shortList(files)}`;
}

function shortList(entries: readonly TreeEntry[]): string {
  const shown = entries.slice(0, 3).map(({ path }) => printable(path, 40));
  return entries.length > 3 ? `${shown.join(", ")} and ${entries.length - 3} more` : shown.join(", ");
}

function isAside(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || part === "node_modules");
}

function isOdd({ mode }: TreeEntry): boolean {
  return mode === symlink || mode === submodule;
}

function oddName({ mode }: TreeEntry): string {
  return mode === symlink ? "symbolic link" : "submodule";
}

/**
 * The notebook's bytes as they were committed.
 *
 * @throws CannotTake where it is a link, too large, or a pointer to a file that lies elsewhere.
 */
export async function readNotebook(mirror: Mirror, commit: string, path: string): Promise<Uint8Array> {
  const listing = await git(mirror.place, ["ls-tree", "-z", commit, "--", path], mirror.bounds());
  const [entry] = parseTree(listing);
  if (entry && isOdd(entry))
    throw new CannotTake("failed", `the notebook is a ${oddName(entry)}`, "Ask for the file itself.");
  const [info] = await mirror.check([`${commit}:${path}`]);
  const limit = `${notebookLimits.bytes / 2 ** 20} MiB`;
  // What the server left out because of the fetch's filter is not known here at all.
  if (info === undefined || info.bytes > notebookLimits.bytes)
    throw new CannotTake("failed", `the notebook has more than ${limit}`, "Ask for it without outputs.");
  const bytes = await gitBlob(mirror.place, info.oid, mirror.bounds(60_000, notebookLimits.bytes + 1024));
  if (bytes.length < 1024 && Buffer.from(bytes).toString("latin1").startsWith("version https://git-lfs."))
    throw new CannotTake(
      "failed",
      "Git LFS keeps the notebook elsewhere: only a pointer is committed",
      "Ask for it to be committed without LFS.",
    );
  return bytes;
}
