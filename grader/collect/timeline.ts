import type { Sighting } from "./ledger.js";
import type { Evidence } from "./outcome.js";
import type { Push } from "./reflog.js";

/** A tip that the branch had for a while, and when it came there. */
export interface TipEvent {
  readonly tip: string;
  readonly after?: Date;
  readonly by: Date;
  readonly evidence: Evidence;
  /** At the collect before, another branch counted: a student can choose which one does, at any time. */
  readonly branchChanged?: true;
}

export interface Timeline {
  /** In the order in which the tips came. */
  readonly events: readonly TipEvent[];
  /** The reflog says something else than what was seen: it is not believed. */
  readonly reflogContradicts: boolean;
}

/** How far the server's clock may be from ours. */
const slackMs = 5_000;

/** When each tip came, from what collects saw and, where there is one, the server's reflog of a branch. */
export function timelineOf(
  sightings: readonly Sighting[],
  { branch, pushes }: { readonly branch: string | null; readonly pushes: readonly Push[] },
): Timeline {
  const seen = fromSightings(sightings);
  if (pushes.length === 0) return { events: seen, reflogContradicts: false };
  const comparable = sightings.filter((sighting) => sighting.branch === branch);
  if (!comparable.every((sighting) => agrees(sighting, pushes)))
    return { events: seen, reflogContradicts: true };
  const pushed = pushes.map(({ tip, at }) => ({ tip, after: at, by: at, evidence: "reflog" as const }));
  const tips = new Set(pushes.map(({ tip }) => tip));
  // A reflog can begin late, or have been cut at its start.
  const before = seen.filter(({ tip }) => !tips.has(tip));
  const events = [...before, ...pushed].sort((a, b) => a.by.getTime() - b.by.getTime());
  return { events, reflogContradicts: false };
}

function fromSightings(sightings: readonly Sighting[]): TipEvent[] {
  const events: TipEvent[] = [];
  let previous: Sighting | undefined;
  for (const sighting of sightings) {
    const { tip, answered } = sighting;
    if (tip !== null && tip !== previous?.tip)
      events.push({
        tip,
        by: answered,
        evidence: "collects",
        ...(previous ? sinceLook(previous, sighting) : {}),
      });
    previous = sighting;
  }
  return events;
}

/** In another branch it may have been all along, or have been made up since. */
function sinceLook(earlier: Sighting, now: Sighting): Pick<TipEvent, "after" | "branchChanged"> {
  const couldHaveSeen = earlier.tip === null || earlier.branch === now.branch;
  return couldHaveSeen ? { after: earlier.asked } : { branchChanged: true };
}

/** Whether the reflog has the tip that was seen, at the time at which it was seen. */
function agrees({ asked, answered, tip }: Sighting, pushes: readonly Push[]): boolean {
  const [from, to] = [asked.getTime() - slackMs, answered.getTime() + slackMs];
  const before = pushes.findLast(({ at }) => at.getTime() < from);
  // From before the reflog begins it can't be told.
  if (before === undefined) return true;
  const during = pushes.filter(({ at }) => at.getTime() >= from && at.getTime() <= to);
  return [before, ...during].some((push) => push.tip === tip);
}
