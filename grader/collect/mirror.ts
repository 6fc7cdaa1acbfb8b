import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { notebookLimits } from "../../src/lab/notebook.js";
import { folderBytes, watchFolder } from "./folder-watch.js";
import { type GitBounds, GitFailed, type GitPlace, git } from "./git.js";
import { troubleOf } from "./git-trouble.js";
import { CannotTake } from "./outcome.js";
import type { Remote } from "./remote.js";

export interface FetchLimits {
  /** Of what one remote may put into its mirror. */
  readonly mirrorBytes: number;
  readonly fetchMs: number;
}

export const defaultLimits: FetchLimits = { mirrorBytes: 200 * 2 ** 20, fetchMs: 120_000 };

/** What a remote had at one time. */
export interface Seen {
  /** Before the remote was asked, and after it had answered. */
  readonly asked: Date;
  readonly answered: Date;
  /** The branch that counts, and its last commit; neither where the repository is empty. */
  readonly branch?: string;
  readonly tip?: string;
  /** Branches that nobody looks into. */
  readonly otherBranches: readonly string[];
}

const oid = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const tipRef = "refs/edgelab/tip";
/** Enough for a semester's commits; what lies further back is of no week's lab. */
const depth = 500;

/**
 * A bare copy of one remote. There is never a work tree, so nothing of a student's repository takes effect: no
 * checkout filter, no hook, no link, no submodule. Every tip that was ever seen is kept under refs/edgelab/seen.
 */
export class Mirror {
  readonly place: GitPlace;
  readonly #origin: GitPlace;
  readonly #limits: FetchLimits;
  readonly #signal: AbortSignal;

  private constructor(dir: string, remote: Remote, limits: FetchLimits, signal: AbortSignal) {
    this.place = { dir };
    // With the filter given like this nothing of it is written down: what is missing here is missing, and no
    // later command goes and gets it.
    this.#origin = {
      dir,
      address: remote.address,
      config: [
        "remote.origin.promisor=true",
        `remote.origin.partialclonefilter=blob:limit=${notebookLimits.bytes + 1}`,
      ],
    };
    this.#limits = limits;
    this.#signal = signal;
  }

  static async open(
    mirrorsDir: string,
    remote: Remote,
    { limits, signal }: { readonly limits: FetchLimits; readonly signal: AbortSignal },
  ): Promise<Mirror> {
    const mirror = new Mirror(resolve(mirrorsDir, remote.name), remote, limits, signal);
    const { dir } = mirror.place;
    await mkdir(dir, { recursive: true });
    if (!["HEAD", "refs/edgelab/seen"].every((name) => existsSync(join(dir, name)))) {
      const args = ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", dir];
      await git(mirror.place, args, mirror.bounds(30_000));
      await mkdir(join(dir, "refs", "edgelab", "seen"), { recursive: true });
    }
    await mirror.#tidy();
    return mirror;
  }

  bounds(timeoutMs = 60_000, outputBytes = 4 * 2 ** 20): GitBounds {
    return { timeoutMs, outputBytes, signal: this.#signal };
  }

  /**
   * Asks the remote for the branch that counts, and gets it.
   *
   * @throws CannotTake with the reason; the mirror is then as it was.
   */
  async look(): Promise<Seen> {
    const asked = new Date();
    try {
      const listed = branchesOf(
        await git(
          this.#origin,
          ["ls-remote", "--symref", "origin", "HEAD", "refs/heads/*"],
          this.bounds(this.#limits.fetchMs),
        ),
      );
      const answered = new Date();
      const branch = chooseBranch(listed);
      if (branch === undefined) return { asked, answered, otherBranches: [] };
      const otherBranches = [...listed.tips.keys()].filter((name) => name !== branch);
      await this.#fetch(`+refs/heads/${branch}:${tipRef}`);
      const tip = (
        await git(this.place, ["rev-parse", "--verify", `${tipRef}^{commit}`], this.bounds())
      ).trim();
      await git(this.place, ["update-ref", `refs/edgelab/seen/${tip}`, tip], this.bounds());
      // A push may have come between the question and the fetch.
      const there = listed.tips.get(branch) === tip ? answered : new Date();
      return { asked, answered: there, branch, tip, otherBranches };
    } catch (failure) {
      await this.#tidy();
      if (failure instanceof CannotTake || this.#signal.aborted) throw failure;
      throw troubleOf(failure);
    }
  }

  /** Gets commits that no branch shows any more, as far as the remote still gives them out. */
  async fetchCommits(commits: readonly string[]): Promise<void> {
    for (const commit of commits.filter((text) => oid.test(text))) {
      try {
        await this.#fetch(`+${commit}:refs/edgelab/seen/${commit}`);
      } catch (failure) {
        await this.#tidy();
        if (this.#signal.aborted || !(failure instanceof GitFailed || failure instanceof CannotTake))
          throw failure;
      }
    }
  }

  /** The commits among these whose objects lie here. */
  async known(commits: readonly string[]): Promise<Set<string>> {
    const wanted = [...new Set(commits)].filter((text) => oid.test(text));
    if (wanted.length === 0) return new Set();
    const lines = await this.check(wanted);
    return new Set(lines.flatMap((line) => (line?.type === "commit" ? [line.oid] : [])));
  }

  /** Whether a commit builds on another. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    try {
      await git(this.place, ["merge-base", "--is-ancestor", ancestor, commit], this.bounds());
      return true;
    } catch (failure) {
      if (failure instanceof GitFailed && failure.why === "failed") return false;
      throw failure;
    }
  }

  /** What git knows of each name, `COMMIT:path` for instance; undefined where there is no such thing here. */
  async check(names: readonly string[]): Promise<(ObjectInfo | undefined)[]> {
    if (names.length === 0) return [];
    const text = await git(this.place, ["cat-file", "--batch-check"], this.bounds(), `${names.join("\n")}\n`);
    return text.trimEnd().split("\n").map(readObjectInfo);
  }

  async #fetch(refspec: string): Promise<void> {
    const packs = join(this.place.dir, "objects", "pack");
    const over = new AbortController();
    const watch = watchFolder(packs, this.#limits.mirrorBytes, () => over.abort());
    const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", `--depth=${depth}`];
    const bounds = this.bounds(this.#limits.fetchMs);
    try {
      await git(this.#origin, [...args, "origin", refspec], {
        ...bounds,
        signal: AbortSignal.any([this.#signal, over.signal]),
      });
    } catch (failure) {
      if (over.signal.aborted) throw this.#tooLarge();
      throw failure;
    } finally {
      watch.stop();
    }
    // What comes in faster than the watch looks is still told.
    if ((await folderBytes(packs)) > this.#limits.mirrorBytes) throw this.#tooLarge();
  }

  #tooLarge(): CannotTake {
    const limit = Math.round(this.#limits.mirrorBytes / 2 ** 20);
    return new CannotTake(
      "failed",
      `the repository has more than ${limit} MB`,
      "Ask for a repository without data sets and models in it.",
    );
  }

  /** Takes away what a fetch that was killed leaves behind; nobody else works in this folder meanwhile. */
  async #tidy(): Promise<void> {
    const { dir } = this.place;
    const packs = join(dir, "objects", "pack");
    const parts = (await readdir(packs).catch(() => [])).filter((name) => /^tmp_|\.keep$/.test(name));
    const locks = ["shallow.lock", "config.lock", "packed-refs.lock", `${tipRef}.lock`].map((name) =>
      join(dir, name),
    );
    for (const file of [...parts.map((name) => join(packs, name)), ...locks]) await rm(file, { force: true });
  }
}

export interface ObjectInfo {
  readonly oid: string;
  readonly type: string;
  readonly bytes: number;
}

function readObjectInfo(line: string): ObjectInfo | undefined {
  const [, id, type, bytes] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
  return id === undefined || type === undefined ? undefined : { oid: id, type, bytes: Number(bytes) };
}

export interface Branches {
  /** Where the remote's HEAD points to. */
  readonly head?: string;
  readonly tips: ReadonlyMap<string, string>;
}

/** Reads `git ls-remote --symref`; names that git itself would not allow are left out. */
export function branchesOf(listing: string): Branches {
  let head: string | undefined;
  const tips = new Map<string, string>();
  for (const line of listing.split("\n")) {
    const [value = "", name = ""] = line.split("\t");
    if (name === "HEAD" && value.startsWith("ref: refs/heads/"))
      head = value.slice("ref: refs/heads/".length);
    const branch = /^refs\/heads\/([^\p{Cc}\s~^:?*[\\]+)$/u.exec(name)?.[1];
    if (branch !== undefined && oid.test(value)) tips.set(branch, value);
  }
  return { tips, ...(head === undefined ? {} : { head }) };
}

/** The branch that HEAD names, else main, else master, else the only one. */
export function chooseBranch({ head, tips }: Branches): string | undefined {
  const found = [head, "main", "master"].find((name) => name !== undefined && tips.has(name));
  if (found !== undefined || tips.size === 0) return found;
  const [only, ...others] = tips.keys();
  if (others.length === 0) return only;
  throw new CannotTake(
    "failed",
    `of ${tips.size} branches none is called main`,
    "Ask which one counts, and for it to be made the default branch.",
  );
}
