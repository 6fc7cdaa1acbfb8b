/**
 * Which version counts. Author and committer dates are whatever the student's machine says, so they decide only
 * where nothing better is known, and a doubt is left to a person and never to the student's harm.
 */

export interface Version {
  /** What a person can look it up by: a commit, or the path of a file. */
  readonly id: string;
  /** Equal where the notebook's bytes are equal. */
  readonly content: string;
  /** Known not to have been there at this time. */
  readonly after?: Date;
  /** Known to have been there at this time. */
  readonly by: Date;
  /** What the version says of its own time. */
  readonly ownDate: Date;
  /** Why its own time means nothing, where that can be seen. */
  readonly ownDateProblem?: string;
  /** A file's time may be that of a download: alone, it makes nobody late. */
  readonly lateNeedsPerson?: boolean;
}

export interface Deadline {
  readonly due: Date;
  readonly graceMinutes: number;
}

export type Certainty = "certain" | "own-date" | "unclear";

export interface Choice<V extends Version = Version> {
  readonly version: V;
  readonly certainty: Certainty;
  /** Why it is unclear; "" where it is not. */
  readonly doubt: string;
  /** From the due date on; 0 for a version that is on time. */
  readonly lateMinutes: number;
}

export interface Verdict<V extends Version = Version> {
  /** The last version that was on time, or may have been. */
  readonly onTime?: Choice<V>;
  /** The last one after it that was late, where its bytes differ. */
  readonly late?: Choice<V>;
}

interface Standing {
  readonly side: "on-time" | "late";
  readonly certainty: Certainty;
  readonly doubt: string;
}

/** Takes versions in the order in which they were handed in; without a deadline all are on time. */
export function classify<V extends Version>(
  versions: readonly V[],
  deadline: Deadline | undefined,
): Verdict<V> {
  const standings = versions.map((version) => ({ version, ...standingOf(version, deadline) }));
  const last = standings.findLastIndex(({ side }) => side === "on-time");
  const onTime = standings[last];
  const late = standings
    .slice(last + 1)
    .findLast(({ version }) => version.content !== onTime?.version.content);
  return {
    ...(onTime ? { onTime: choice(onTime, 0) } : {}),
    ...(late && deadline ? { late: choice(late, lateMinutes(late.version, deadline)) } : {}),
  };
}

function choice<V extends Version>(
  { version, certainty, doubt }: Standing & { readonly version: V },
  minutes: number,
): Choice<V> {
  return { version, certainty, doubt, lateMinutes: minutes };
}

function standingOf(version: Version, deadline: Deadline | undefined): Standing {
  if (deadline === undefined) return { side: "on-time", certainty: "certain", doubt: "" };
  const last = lastMoment(deadline);
  if (version.by.getTime() <= last) return { side: "on-time", certainty: "certain", doubt: "" };
  if (version.after && version.after.getTime() >= last)
    return { side: "late", certainty: "certain", doubt: "" };
  return byOwnDate(version, last);
}

/** Somebody looked before the deadline and after it, or after it only. */
function byOwnDate(version: Version, last: number): Standing {
  const unclear = (doubt: string): Standing => ({ side: "on-time", certainty: "unclear", doubt });
  if (version.ownDateProblem !== undefined) return unclear(version.ownDateProblem);
  if (Number.isNaN(version.ownDate.getTime())) return unclear("it has no date");
  if (version.ownDate > version.by) return unclear("its own date lies in the future");
  if (version.ownDate.getTime() <= last) return { side: "on-time", certainty: "own-date", doubt: "" };
  if (version.lateNeedsPerson)
    return unclear("the file's time is after the due date, or is that of a download");
  return { side: "late", certainty: "own-date", doubt: "" };
}

/** The own date where it lies within what is known; else the nearest time that is known. */
function lateMinutes({ after, by, ownDate }: Version, { due }: Deadline): number {
  const own = Number.isNaN(ownDate.getTime()) ? 0 : ownDate.getTime();
  const at = Math.min(by.getTime(), Math.max(own, after?.getTime() ?? 0));
  return Math.max(1, Math.ceil((at - due.getTime()) / 60_000));
}

function lastMoment({ due, graceMinutes }: Deadline): number {
  return due.getTime() + graceMinutes * 60_000;
}
