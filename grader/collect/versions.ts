import type { Version } from "./classify.js";
import { git } from "./git.js";
import type { Mirror } from "./mirror.js";
import { CannotTake, type Evidence } from "./outcome.js";
import type { TipEvent } from "./timeline.js";
import { findNotebook, listTree } from "./tree.js";

/** A commit in which the notebook is there. */
export interface CommittedVersion extends Version {
  readonly commit: string;
  readonly path: string;
  readonly evidence: Evidence;
}

interface Commit {
  readonly id: string;
  readonly date: Date;
  readonly parents: readonly string[];
}

const commitsATip = 500;
/** Machines of one group may differ by this much. */
const clockSlackMs = 10 * 60_000;
const newestMs = 8.64e15;

/**
 * All commits that came in with each tip, in their order, with the notebook that they hold. A commit came when
 * the first tip came that contains it, whatever its own date says.
 */
export async function versionsOf(
  mirror: Mirror,
  events: readonly TipEvent[],
  lab: string,
): Promise<CommittedVersion[]> {
  const known = await mirror.known(events.map(({ tip }) => tip));
  const earlier = new Set<string>();
  const versions: CommittedVersion[] = [];
  for (const event of events) {
    if (!known.has(event.tip) || earlier.has(event.tip)) continue;
    const commits = await commitsIn(mirror, event.tip, [...earlier]);
    earlier.add(event.tip);
    versions.push(...(await notebooksIn(mirror, commits, event, await placesIn(mirror, event.tip, lab))));
  }
  return versions;
}

async function commitsIn(mirror: Mirror, tip: string, without: readonly string[]): Promise<Commit[]> {
  const range = [tip, ...without.map((commit) => `^${commit}`)];
  const format = "--format=%H %ct %P";
  const options = ["--topo-order", `--max-count=${commitsATip}`, "--no-commit-header", format];
  const text = await git(mirror.place, ["rev-list", ...options, ...range], mirror.bounds());
  const commits = text.split("\n").flatMap((line) => {
    const [id, seconds, ...parents] = line.split(" ");
    return id && seconds ? [{ id, date: new Date(Math.min(Number(seconds) * 1000, newestMs)), parents }] : [];
  });
  return commits.reverse();
}

interface Places {
  readonly usual: string;
  /** Where the tip has it, if it does. */
  readonly atTip?: string;
}

async function placesIn(mirror: Mirror, tip: string, lab: string): Promise<Places> {
  const usual = `labs/${lab}/${lab}.ipynb`;
  try {
    return { usual, atTip: findNotebook(await listTree(mirror, tip), lab) };
  } catch (error) {
    if (error instanceof CannotTake) return { usual };
    throw error;
  }
}

async function notebooksIn(
  mirror: Mirror,
  commits: readonly Commit[],
  event: TipEvent,
  { usual, atTip }: Places,
): Promise<CommittedVersion[]> {
  const dates = new Map(commits.map(({ id, date }) => [id, date]));
  const paths = [...new Set([usual, atTip ?? usual])];
  const asked = commits.flatMap((commit) => paths.map((path) => ({ commit, path })));
  const infos = await mirror.check(asked.map(({ commit, path }) => `${commit.id}:${path}`));
  const found = new Map<string, CommittedVersion>();
  for (const [index, { commit, path }] of asked.entries()) {
    const info = infos[index];
    if (info?.type === "blob" && !found.has(commit.id))
      found.set(commit.id, versionOf(commit, event, { path, content: info.oid, dates }));
  }
  const tip = commits.at(-1);
  // The tree has it and the file is not here: the server left it out for its size, and whoever reads it says so.
  if (tip && atTip !== undefined && !found.has(tip.id))
    found.set(tip.id, versionOf(tip, event, { path: atTip, content: `not here: ${tip.id}`, dates }));
  return commits.flatMap((commit) => found.get(commit.id) ?? []);
}

interface Held {
  readonly path: string;
  readonly content: string;
  readonly dates: ReadonlyMap<string, Date>;
}

function versionOf(commit: Commit, event: TipEvent, { path, content, dates }: Held): CommittedVersion {
  const { after, by, evidence, branchChanged } = event;
  const problem = dateProblem(commit, dates) ?? (branchChanged ? otherBranch : undefined);
  return {
    ...{ id: commit.id, commit: commit.id, content, path, evidence, by, ownDate: commit.date },
    ...(after ? { after } : {}),
    ...(problem === undefined ? {} : { ownDateProblem: problem }),
  };
}

const otherBranch = "it is in another branch than the one that counted at the collect before";

/** A commit that is older than what it builds on has a date that somebody set, or a clock that went back. */
function dateProblem({ date, parents }: Commit, dates: ReadonlyMap<string, Date>): string | undefined {
  const backwards = parents.some((parent) => {
    const before = dates.get(parent);
    return before !== undefined && before.getTime() > date.getTime() + clockSlackMs;
  });
  return backwards ? "its own date is before that of the commit it builds on" : undefined;
}
