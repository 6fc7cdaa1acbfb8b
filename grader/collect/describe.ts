import type { Choice, Version } from "./classify.js";
import type { Collected, Evidence, HandedInAt, Kind } from "./outcome.js";
import { lateFolder, type PlacedPaths } from "./place.js";

/** A version with the name of what its time rests on. */
export interface EvidentVersion extends Version {
  readonly evidence: Evidence;
  readonly commit?: string;
}

export interface Chosen {
  readonly onTime?: Choice<EvidentVersion>;
  readonly late?: Choice<EvidentVersion>;
}

export interface Described {
  readonly student: string;
  readonly lab: string;
  readonly submissions: string;
  readonly chosen: Chosen;
  readonly paths: PlacedPaths;
  /** An earlier notebook in the place of an on-time one, which was left there. */
  readonly leftThere?: string;
  /** What else a person should know. */
  readonly notes: readonly string[];
  /** Whether one of the notes says that something could not be looked at. */
  readonly doubtful: boolean;
}

/** The line of a student for whom something was taken. */
export function describe(what: Described): Collected {
  const { student, lab, chosen, paths } = what;
  const main = chosen.onTime ?? chosen.late;
  return {
    student,
    lab,
    kind: kindOf(what),
    commit: main?.version.commit ?? null,
    pushedAt: main ? handedInAt(main) : null,
    lateMinutes: chosen.late?.lateMinutes ?? null,
    ...paths,
    note: notesOf(what).join("; "),
  };
}

function kindOf({ chosen: { onTime, late }, doubtful }: Described): Kind {
  if (doubtful || onTime?.certainty === "unclear") return "unclear";
  return onTime ? "on-time" : late ? "late" : "nothing";
}

function handedInAt({ version, certainty }: Choice<EvidentVersion>): HandedInAt {
  const from = version.after?.toISOString() ?? null;
  if (version.evidence === "file-time")
    return { from: null, to: version.ownDate.toISOString(), evidence: "file-time" };
  return {
    from,
    to: version.by.toISOString(),
    evidence: certainty === "certain" ? version.evidence : "own-date",
  };
}

function notesOf({ chosen: { onTime, late }, notes, submissions, leftThere }: Described): string[] {
  const lines: string[] = [];
  if (onTime?.certainty === "unclear") lines.push(`${onTime.doubt}; taken as on time`);
  else if (onTime?.certainty === "own-date") lines.push(onlyBy("on time", onTime));
  if (late?.certainty === "own-date") lines.push(onlyBy("late", late));
  if (onTime && late) {
    const commit = late.version.commit === undefined ? "one" : late.version.commit.slice(0, 7);
    lines.push(`a later ${commit}, ${span(late.lateMinutes)} late, is in ${lateFolder(submissions)}`);
  }
  if (leftThere !== undefined) lines.push(`what was collected before stays at ${leftThere}`);
  return [...lines, ...notes];
}

function onlyBy(what: string, { version }: Choice<EvidentVersion>): string {
  return `${what} by ${version.evidence === "file-time" ? "the file's time" : "its own date"} only`;
}

/** "12 min", "3 h 5 min", "2 d 4 h" */
export function span(minutes: number): string {
  const parts: [number, string][] =
    minutes < 60
      ? [[minutes, "min"]]
      : minutes < 48 * 60
        ? [
            [Math.floor(minutes / 60), "h"],
            [minutes % 60, "min"],
          ]
        : [
            [Math.floor(minutes / 1440), "d"],
            [Math.floor((minutes % 1440) / 60), "h"],
          ];
  return parts
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
