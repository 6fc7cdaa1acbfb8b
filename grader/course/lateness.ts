import { DateTime } from "luxon";
import type { Course, LatePolicy } from "./course.js";

export interface Lateness {
  /** "late" only after the grace that the course gives. */
  readonly kind: "on-time" | "late";
  /** Days that have begun since the due date: 1 from the first late minute on. 0 when on time. */
  readonly days: number;
  /** Minutes that have begun since the due date, also within the grace. */
  readonly minutes: number;
}

/**
 * When this student has to hand in: the lab's due date, or the latest extension of the student or the group.
 * Undefined where the lab has no due date.
 */
export function dueFor(
  course: Pick<Course, "labs" | "students">,
  lab: string,
  studentId: string,
): Date | undefined {
  const dates = course.labs.get(lab);
  if (dates?.due === undefined) return undefined;
  const group = course.students.find(({ id }) => id === studentId)?.group;
  const own = [
    dates.extensions.get(studentId),
    group === undefined ? undefined : dates.extensions.get(group),
  ];
  return own.reduce<Date>((latest, date) => (date && date > latest ? date : latest), dates.due);
}

/**
 * How late something is that came in at a time. A day lasts until the same time on the next day's clock of the
 * course, so 25 hours when clocks are put back. Handed in exactly at the due time is on time.
 */
export function lateness(
  course: Pick<Course, "late" | "timezone">,
  due: Date | undefined,
  at: Date,
): Lateness {
  const late = due === undefined ? 0 : at.getTime() - due.getTime();
  const minutes = Math.max(0, Math.ceil(late / 60_000));
  if (due === undefined || late <= course.late.graceMinutes * 60_000)
    return { kind: "on-time", days: 0, minutes };
  const start = DateTime.fromJSDate(due, { zone: course.timezone });
  const passed = Math.floor(DateTime.fromJSDate(at, { zone: course.timezone }).diff(start, "days").days);
  const days = start.plus({ days: passed }).toMillis() < at.getTime() ? passed + 1 : passed;
  return { kind: "late", days: Math.max(1, days), minutes };
}

/** Percent of the points that lateness takes: all of them after the last day that counts. */
export function percentOff(policy: LatePolicy, { days }: Lateness): number {
  return days > policy.maxDays ? 100 : Math.min(100, days * policy.percentPerDay);
}
