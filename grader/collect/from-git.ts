import { printable } from "../../src/lab/printable.js";
import type { Choice, Deadline, Verdict } from "./classify.js";
import { classify } from "./classify.js";
import type { Ledger, Sighting } from "./ledger.js";
import { refuseBorrowed } from "./local-repository.js";
import type { Mirror, Seen } from "./mirror.js";
import { CannotTake } from "./outcome.js";
import { type Push, readReflog } from "./reflog.js";
import type { Remote } from "./remote.js";
import { timelineOf } from "./timeline.js";
import { findNotebook, listTree, readNotebook } from "./tree.js";
import { type CommittedVersion, versionsOf } from "./versions.js";

/** What a remote holds of one lab, seen from all collects so far. */
export interface RemoteState {
  readonly mirror: Mirror;
  readonly versions: readonly CommittedVersion[];
  /** What is to be told of it, whoever's it is. */
  readonly notes: readonly string[];
  /** Why there is nothing new, or nothing at all. */
  readonly trouble?: CannotTake;
  /** What was seen now; not there where the remote could not be looked at. */
  readonly seen?: Seen;
}

export interface RemoteJob {
  readonly remote: Remote;
  readonly lab: string;
  readonly students: readonly string[];
}

const unreachableCommits = 50;
const pushesLookedAt = 500;
const versionsTried = 20;

/** Looks at a remote, writes down what it has, and works out when each version of the notebook came. */
export async function lookAt(mirror: Mirror, job: RemoteJob, ledger: Ledger): Promise<RemoteState> {
  const { remote, lab, students } = job;
  const earlier = ledger.of(remote.name);
  let seen: Seen | undefined;
  let trouble: CannotTake | undefined;
  try {
    if (remote.localPath !== undefined) await refuseBorrowed(remote.localPath);
    seen = await mirror.look();
    await ledger.append({ lab, mirror: remote.name, students, ...sightingOf(seen) });
  } catch (failure) {
    if (!(failure instanceof CannotTake)) throw failure;
    trouble = failure;
  }
  const pushes = await pushesOf(mirror, remote, seen);
  const { events, reflogContradicts } = timelineOf([...earlier, ...(seen ? [sightingOf(seen)] : [])], {
    branch: seen?.branch ?? null,
    pushes,
  });
  const versions = await versionsOf(mirror, events, lab);
  const notes: string[] = [];
  if (reflogContradicts) notes.push("the server's reflog contradicts earlier collects and is not believed");
  const tips = events.map(({ tip }) => tip);
  if (await wasRewritten(mirror, tips)) notes.push("history was rewritten; all of it is kept");
  trouble ??= await troubleAtTip(mirror, seen, lab);
  if (seen && seen.otherBranches.length > 0) notes.push(otherBranches(seen));
  return { mirror, versions, notes, ...(trouble ? { trouble } : {}), ...(seen ? { seen } : {}) };
}

function sightingOf({ asked, answered, branch, tip }: Seen): Sighting {
  return { asked, answered, branch: branch ?? null, tip: tip ?? null };
}

async function pushesOf(mirror: Mirror, { localPath }: Remote, seen: Seen | undefined): Promise<Push[]> {
  if (localPath === undefined || seen?.branch === undefined) return [];
  const pushes = (await readReflog(localPath, seen.branch)).slice(-pushesLookedAt);
  const tips = pushes.map(({ tip }) => tip);
  const known = await mirror.known(tips);
  await mirror.fetchCommits([...new Set(tips.filter((tip) => !known.has(tip)))].slice(-unreachableCommits));
  return pushes;
}

/** Whether a tip was taken away from the branch: one that a later tip does not build on. */
async function wasRewritten(mirror: Mirror, tips: readonly string[]): Promise<boolean> {
  const known = await mirror.known(tips);
  const here = tips.filter((tip) => known.has(tip));
  for (const [index, tip] of here.entries()) {
    const previous = here[index - 1];
    if (previous !== undefined && previous !== tip && !(await mirror.contains(tip, previous))) return true;
  }
  return false;
}

function otherBranches({ branch = "", otherBranches }: Seen): string {
  const shown = otherBranches.slice(0, 3).map((name) => printable(name, 30));
  const more = otherBranches.length > 3 ? ` and ${otherBranches.length - 3} more` : "";
  return `only ${printable(branch, 30)} was looked at, not ${shown.join(", ")}${more}`;
}

/** Why the newest commit has no notebook to take. */
async function troubleAtTip(
  mirror: Mirror,
  seen: Seen | undefined,
  lab: string,
): Promise<CannotTake | undefined> {
  if (seen?.tip === undefined)
    return new CannotTake("nothing", "the repository is empty", "Nothing was pushed.");
  try {
    await readNotebook(mirror, seen.tip, findNotebook(await listTree(mirror, seen.tip), lab));
    return undefined;
  } catch (error) {
    if (!(error instanceof CannotTake)) throw error;
    // It may have been pushed to another branch, which a person has to decide about.
    return seen.otherBranches.length > 0 ? new CannotTake("failed", error.problem, error.nextStep) : error;
  }
}

export interface Taken {
  readonly choice: Choice<CommittedVersion>;
  readonly bytes: Uint8Array;
}

export interface TakenVersions {
  readonly onTime?: Taken;
  readonly late?: Taken;
  /** Versions that would have counted, and why they can't. */
  readonly unusable: readonly string[];
}

/** The last on-time and the last late version that can be read; one that can't makes room for the one before. */
export async function take(state: RemoteState, deadline: Deadline | undefined): Promise<TakenVersions> {
  const unusable: string[] = [];
  let versions = state.versions;
  for (let tried = 0; tried < versionsTried; tried++) {
    const verdict: Verdict<CommittedVersion> = classify(versions, deadline);
    const onTime = await bytesOf(state.mirror, verdict.onTime);
    const late = await bytesOf(state.mirror, verdict.late);
    const failed = [onTime, late].filter((one) => one instanceof Unusable);
    if (failed.length === 0) return { unusable, ...taken("onTime", onTime), ...taken("late", late) };
    for (const { version, why } of failed) {
      if (unusable.length < 2) unusable.push(`${version.commit.slice(0, 7)} is left out: ${why}`);
      versions = versions.filter(({ content }) => content !== version.content);
    }
  }
  return { unusable };
}

function taken(key: "onTime" | "late", read: Taken | Unusable | undefined): Partial<TakenVersions> {
  return read === undefined || read instanceof Unusable ? {} : { [key]: read };
}

class Unusable {
  readonly version: CommittedVersion;
  readonly why: string;

  constructor(version: CommittedVersion, why: string) {
    this.version = version;
    this.why = why;
  }
}

async function bytesOf(
  mirror: Mirror,
  choice: Choice<CommittedVersion> | undefined,
): Promise<Taken | Unusable | undefined> {
  if (choice === undefined) return undefined;
  const { version } = choice;
  try {
    return { choice, bytes: await readNotebook(mirror, version.commit, version.path) };
  } catch (error) {
    if (error instanceof CannotTake) return new Unusable(version, error.problem);
    throw error;
  }
}
