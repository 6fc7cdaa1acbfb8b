import { expect } from "chai";
import fc from "fast-check";
import { DateTime } from "luxon";
import { dueFor, lateness, percentOff } from "./lateness.js";
import { parseCourse } from "./load-course.js";

const policy = { graceMinutes: 10, percentPerDay: 20, maxDays: 3 };
const berlin = { late: policy, timezone: "Europe/Berlin" };
const at = (iso: string) => new Date(iso);
const minute = 60_000;
const time = fc.date({ min: at("2020-01-01"), max: at("2040-01-01"), noInvalidDate: true });

describe("lateness", () => {
  const due = at("2026-12-01T23:59:00+01:00");
  const cases: [what: string, at: string, kind: string, days: number, minutes: number][] = [
    ["early", "2026-11-30T12:00:00+01:00", "on-time", 0, 0],
    ["at the very time", "2026-12-01T23:59:00+01:00", "on-time", 0, 0],
    ["at the end of the grace", "2026-12-02T00:09:00+01:00", "on-time", 0, 10],
    ["a second after the grace", "2026-12-02T00:09:01+01:00", "late", 1, 11],
    ["a whole day later", "2026-12-02T23:59:00+01:00", "late", 1, 1440],
    ["a second more than that", "2026-12-02T23:59:01+01:00", "late", 2, 1441],
  ];
  for (const [what, iso, kind, days, minutes] of cases)
    it(`counts from the due date: ${what}`, () => {
      expect(lateness(berlin, due, at(iso))).to.deep.equal({ kind, days, minutes });
    });

  it("knows no lateness where nothing is due", () => {
    expect(lateness(berlin, undefined, at("2040-01-01"))).to.deep.equal({
      kind: "on-time",
      days: 0,
      minutes: 0,
    });
  });

  it("ends a day at the same time of the clock, also where that takes 25 or 23 hours", () => {
    const autumn = at("2026-10-24T20:00:00+02:00");
    expect(lateness(berlin, autumn, at("2026-10-25T20:00:00+01:00"))).to.include({ days: 1, minutes: 1500 });
    expect(lateness(berlin, autumn, at("2026-10-25T20:00:01+01:00"))).to.include({ days: 2 });
    const spring = at("2027-03-27T20:00:00+01:00");
    expect(lateness(berlin, spring, at("2027-03-28T20:00:00+02:00"))).to.include({ days: 1, minutes: 1380 });
    expect(lateness(berlin, spring, at("2027-03-28T20:00:01+02:00"))).to.include({ days: 2 });
  });

  it("counts days as the calendar of the course does, whenever it is", () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 1000 }), (due, n, ms) => {
        const start = DateTime.fromJSDate(due, { zone: berlin.timezone });
        const end = start.plus({ days: n });
        // A day whose end the clocks leave out or run through twice has no one end.
        fc.pre(end.hour === start.hour && end.getPossibleOffsets().length === 1);
        expect(lateness(berlin, due, end.toJSDate()).days).to.equal(n);
        expect(lateness(berlin, due, new Date(end.toMillis() + ms)).days).to.equal(n + 1);
      }),
    );
  });

  it("never shrinks as time passes, and is late from the end of the grace on", () => {
    const span = fc.integer({ min: -10, max: 6000 });
    fc.assert(
      fc.property(time, span, span, (due, a, b) => {
        const [one, two] = [Math.min(a, b), Math.max(a, b)].map((late) =>
          lateness(berlin, due, new Date(due.getTime() + late * minute)),
        );
        expect(two?.days).to.be.at.least(one?.days ?? 0);
        expect(two?.minutes).to.equal(Math.max(0, a, b));
        expect(two?.kind).to.equal(Math.max(a, b) > policy.graceMinutes ? "late" : "on-time");
        expect(two?.kind === "late").to.equal((two?.days ?? 0) > 0);
      }),
    );
  });

  it("costs so much a day, and everything after the last day", () => {
    const cost = (days: number) => percentOff(policy, { kind: "late", days, minutes: 1 });
    expect([0, 1, 3, 4, 400].map(cost)).to.deep.equal([0, 20, 60, 100, 100]);
    expect(percentOff({ ...policy, maxDays: 9 }, { kind: "late", days: 8, minutes: 1 })).to.equal(100);
  });
});

describe("a student's due date", () => {
  const course = parseCourse(
    `
title: T
timezone: UTC
labs:
  01-x:
    due: 2026-12-01 12:00
    extensions: { a: 2026-12-02 12:00, g: 2026-12-03 12:00, c: 2026-12-04 12:00 }
  02-x: {}
students: [{ id: a, group: g }, { id: b, group: g }, { id: c, group: g }, { id: d }]
groups: [{ id: g }]`,
    "/course",
  );
  const day = (student: string) => dueFor(course, "01-x", student)?.getUTCDate();

  it("is the lab's, or the later one of the student and the group", () => {
    expect(["a", "b", "c", "d", "stranger"].map(day)).to.deep.equal([3, 3, 4, 1, 1]);
  });

  it("is absent where the lab has none, or is not in the course", () => {
    expect(dueFor(course, "02-x", "a")).to.equal(undefined);
    expect(dueFor(course, "03-x", "a")).to.equal(undefined);
  });
});
