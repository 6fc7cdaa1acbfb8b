/** Where a submission went. */
export type Destination =
  | { readonly kind: "zip"; readonly path: string }
  | {
      readonly kind: "git";
      /** The remote's name and address, without a password. */
      readonly remote: string;
      readonly branch: string;
      readonly commit: string;
    };

/** What the student keeps of a submission: a line of `handed-in/receipts.jsonl`. */
export interface Receipt {
  readonly lab: string;
  readonly release: string;
  /** The notebook's name on the student's machine. */
  readonly notebook: string;
  /** Of the notebook's bytes as they were handed in, hex. */
  readonly sha256: string;
  /** ISO 8601, by this computer's clock. */
  readonly at: string;
  readonly to: Destination;
  /** As course.json has it. */
  readonly due?: string;
  /** Of the public tests; absent where they could not be run. */
  readonly points?: { readonly earned: number; readonly possible: number };
  readonly notices: readonly string[];
}

const minuteMs = 60_000;

/**
 * Whether a time is before the due date, and by how much.
 *
 * @example
 * ```ts
 * const due = "2026-12-01T23:59:00+01:00";
 * dueText(due, new Date("2026-11-29T20:00:00Z")); // "due 2026-12-01 23:59 (+01:00), in 2 days 2 hours"
 * dueText(due, new Date("2026-12-01T23:09:00Z")); // "due 2026-12-01 23:59 (+01:00), 10 minutes ago: late"
 * ```
 */
export function dueText(due: string, at: Date): string {
  const [, date, time, offset] = /^([\d-]+)T(\d\d:\d\d)[\d:.]*(.*)$/.exec(due) ?? [];
  const minutes = Math.floor(Math.abs(Date.parse(due) - at.getTime()) / minuteMs);
  const span = spanText(minutes);
  const when = `due ${date} ${time} (${offset === "Z" ? "UTC" : offset})`;
  return at.getTime() <= Date.parse(due) ? `${when}, in ${span}` : `${when}, ${span} ago: late`;
}

function spanText(minutes: number): string {
  const count = (n: number, unit: string) => (n === 0 ? [] : [`${n} ${unit}${n === 1 ? "" : "s"}`]);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (days > 0) return [...count(days, "day"), ...count(hours, "hour")].join(" ");
  return [...count(hours, "hour"), ...count(minutes % 60, "minute")].join(" ") || "less than a minute";
}
