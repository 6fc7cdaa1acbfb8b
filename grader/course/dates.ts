import { DateTime, IANAZone } from "luxon";
import { quoted } from "./problems.js";

/** A point in time, or why a text is none. */
export type ReadDate = { readonly date: Date } | { readonly problem: string; readonly nextStep: string };

const form = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?) ?(Z|[+-]\d\d:?\d\d)?)?$/i;

export function isTimezone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * Reads a due date: local time of the course's zone, or ISO 8601 with an offset. A local time that a change of
 * the clocks makes ambiguous or leaves out is refused, with what to write instead.
 *
 * @example
 * ```ts
 * readDate("2026-12-01 23:59", "Europe/Berlin"); // { date: new Date("2026-12-01T22:59:00Z") }
 * ```
 */
export function readDate(text: string, timezone: string | undefined): ReadDate {
  const [, day, time, offset] = form.exec(text.trim()) ?? [];
  if (day === undefined) return notADate(text);
  if (time === undefined)
    return { problem: `${quoted(text)} has no time of day`, nextStep: `Write ${day} 23:59.` };
  if (offset !== undefined) {
    const parsed = DateTime.fromISO(`${day}T${time}${offset.toUpperCase()}`);
    return parsed.isValid ? { date: parsed.toJSDate() } : notADate(text);
  }
  if (timezone === undefined)
    return {
      problem: `${quoted(text)} is a local time, and the course has no timezone`,
      nextStep: "Write timezone: Europe/Berlin, for example, at the top.",
    };
  return localDate(text, `${day}T${time}`, timezone);
}

function localDate(text: string, iso: string, timezone: string): ReadDate {
  const parsed = DateTime.fromISO(iso, { zone: timezone });
  if (!parsed.isValid) return notADate(text);
  const minute = "yyyy-MM-dd'T'HH:mm";
  if (!iso.startsWith(parsed.toFormat(minute)))
    return {
      problem: `${quoted(text)} does not exist in ${timezone}: the clocks are put forward over it`,
      nextStep: `Write ${parsed.toFormat("yyyy-MM-dd HH:mm")}, for example.`,
    };
  const [first, second] = parsed.getPossibleOffsets();
  if (first && second)
    return {
      problem: `${quoted(text)} happens twice in ${timezone}: the clocks are put back over it`,
      nextStep: `Write ${isoMinute(first)} or ${isoMinute(second)}.`,
    };
  return { date: parsed.toJSDate() };
}

function isoMinute(time: DateTime): string {
  return time.toISO({ suppressSeconds: true, suppressMilliseconds: true }) ?? "";
}

function notADate(text: string): ReadDate {
  return {
    problem: `${quoted(text)} is no date with a time`,
    nextStep: "Write it as 2026-12-01 23:59, or with an offset, as 2026-12-01T23:59+01:00.",
  };
}
